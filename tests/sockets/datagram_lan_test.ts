/** Broadcast and multicast in a network of the test's own, whose interface is no loopback. */
import { assertEquals, denoSource, test } from "../support/mod.ts";
import { missing } from "../support/peers.ts";

/** A pair of interfaces; only one of them has addresses. */
const NETWORK = `
  ip link set lo up
  ip link add lan type veth peer name other
  ip link set lan addrgenmode none
  ip link set other addrgenmode none
  ip addr add 10.9.0.1/24 brd + dev lan
  ip -6 addr add fe80::1/64 dev lan nodad
  ip link set other up
  ip link set lan up
  exec "$@"
`;

/** Root may have namespaces where users may not, and the other way round. */
const WAYS = [["--user", "--map-root-user"], []].map((more) => [
  "unshare",
  ...more,
  "--net",
  "sh",
  "-ec",
  NETWORK,
  "sh",
]);

const NEEDS = ["unshare", "ip"];

function network(): string[] | undefined {
  if (missing(NEEDS).length > 0) return undefined;
  return WAYS.find(([program, ...args]) =>
    new Deno.Command(program!, { args: [...args, "true"], stdout: "null", stderr: "null" }).outputSync().success
  );
}

const found = network();
// Containers mostly forbid it, and it is not what is tested.
const skip = missing(NEEDS).length === 0 && found === undefined && Deno.env.get("CI") === undefined &&
  "needs namespaces of its own";

/** What `source`, with `heard(socket)` and `bytes(text)` at hand, prints in that network. */
async function said(source: string): Promise<string> {
  if (found === undefined) return "no network";
  const prelude = `
    import { listenDatagram } from "vasty/mod.ts";
    const bytes = (text) => new TextEncoder().encode(text);
    const heard = async (one, timeout = 2_000) => {
      try {
        const { bytes, localAddress, interface: index } = await one.receiveDatagram({ timeout });
        return [new TextDecoder().decode(bytes), localAddress.hostname, index === lan].join();
      } catch (error) {
        return error.name;
      }
    };
    const lan = Number(Deno.args[0]);
  `;
  const index = ["sh", "-ec", 'index=$(ip -o link show lan | cut -d: -f1); exec "$@" $index', "sh"];
  const { stdout, stderr } = await denoSource(prelude + source, {
    under: [...found, ...index],
    flags: ["--allow-net"],
  });
  return stdout + stderr;
}

test("DatagramSocket: a broadcast on a network is heard, and answered from the interface's address", async () => {
  const text = await said(`
    using server = listenDatagram({ transport: "udp", port: 0, destination: true });
    using client = listenDatagram({ transport: "udp", port: 0, destination: true });
    for (const hostname of ["10.9.0.255", "255.255.255.255"]) {
      client.socket.setOption("SO_BINDTODEVICE", "lan");
      await client.send(bytes("anybody?"), { hostname, port: server.addr.port });
      const question = await server.receiveDatagram({ timeout: 2_000 });
      console.log(question.localAddress.hostname, question.address.hostname, question.interface === lan);
      client.socket.setOption("SO_BINDTODEVICE", "");
      await question.reply(bytes("me"));
      console.log(await heard(client));
    }
  `);
  const answer = "me,10.9.0.1,true";
  assertEquals(text, `10.9.0.255 10.9.0.1 true\n${answer}\n255.255.255.255 10.9.0.1 true\n${answer}\n`);
}, { needs: NEEDS, skip });

for (
  const [family, any, group, join] of [
    ["IPv4", "0.0.0.0", "239.1.2.3", 'joinMulticastV4("239.1.2.3", "10.9.0.1")'],
    ["IPv6", "::", "ff02::1234", 'joinMulticastV6("ff02::1234", lan)'],
  ]
) {
  test(`DatagramSocket: multicast of ${family} on a network is heard as long as it loops and is joined`, async () => {
    const text = await said(`
      using member = listenDatagram({ transport: "udp", hostname: "${any}", port: 0, destination: true });
      using sender = listenDatagram({ transport: "udp", hostname: "${any}", port: 0, loopback: true });
      const membership = await member.${join};
      sender.multicastInterface = lan;
      const to = { hostname: "${group}", port: member.addr.port };
      await sender.send(bytes("first"), to);
      console.log(await heard(member));
      sender.multicastLoopback = false;
      await sender.send(bytes("second"), to);
      console.log(await heard(member, 20));
      sender.multicastLoopback = true;
      sender.multicastTTL = 0;
      await sender.send(bytes("third"), to);
      const question = await member.receiveDatagram({ timeout: 2_000 });
      await question.reply(bytes("me"));
      console.log(question.address.port === sender.addr.port, await heard(sender));
      await membership.leave();
      await sender.send(bytes("fourth"), to);
      console.log(await heard(member, 20));
    `);
    const own = family === "IPv4" ? "me,10.9.0.1,false" : "me,fe80::1,true";
    assertEquals(text, `first,${group},true\nTimeoutError\ntrue ${own}\nTimeoutError\n`);
  }, { needs: NEEDS, skip });
}

test("connect(), listen() and listenDatagram() take the address on a link that a socket tells", async () => {
  const text = await said(`
    import { connect, listen } from "vasty/mod.ts";
    using listener = await listen({ hostname: "fe80::1%lan" });
    using client = await connect(listener.addr);
    using server = await listener.accept();
    console.log(client.remoteAddr.scope === lan, server.localAddr.hostname);
    using _other = await listen({ ...listener.addr, port: 0, scope: "lan" });
    using socket = listenDatagram({ ...listener.addr, transport: "udp", port: 0 });
    using peer = await connect(socket.addr);
    await peer.send(bytes("hello"));
    const [question, from] = await socket.receive();
    console.log(question.length, from.scope === lan);
  `);
  assertEquals(text, "true fe80::1\n5 true\n");
}, { needs: NEEDS, skip });
