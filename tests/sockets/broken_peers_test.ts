/** Connections that break: what is told, how often, and that no signal comes of it. */
import { SyscallError } from "../../lib/core/mod.ts";
import { addressText } from "../../lib/sockets/address.ts";
import { type Socket, socket, type SocketDomain } from "../../lib/sockets/mod.ts";
import { assert, assertEquals, assertRejects, denoSource, test } from "../support/mod.ts";
import { bytes, pattern, portOf, receiveAll, sendAll, SocketFolder, text } from "./loopback.ts";
import { OtherEnd } from "./other_end.ts";

const LIMIT = { timeout: 10_000 };
const NEEDS = { needs: ["perl"] };

/** A program in Perl that has connected as S, and runs `script` then. */
async function peer(domain: SocketDomain, script: string) {
  using folder = new SocketFolder();
  using listener = folder.listener(domain, "SOCK_STREAM");
  const name = listener.getsockname();
  const [family, address] = domain === "PF_UNIX"
    ? ["PF_UNIX", "sockaddr_un(shift)"]
    : ["PF_INET", "sockaddr_in(shift, INADDR_LOOPBACK)"];
  const connect =
    `use Socket ":all"; $| = 1; socket(S, ${family}, SOCK_STREAM, 0) or die; connect(S, ${address}) or die;`;
  const end = new OtherEnd(["perl", "-e", connect + script, "path" in name ? name.path : `${portOf(name)}`]);
  return { end, server: (await listener.accept(LIMIT)).socket };
}

/** Ways to receive. */
const RECEIVING: [call: string, receive: (one: Socket) => Promise<{ length: number }>][] = [
  ["recv", (one) => one.recv(10, LIMIT)],
  ["recvfrom", (one) => one.recvFrom(10, LIMIT)],
  ["recvmsg", (one) => one.recvmsg(10, LIMIT)],
];

for (const domain of ["PF_INET", "PF_UNIX"] as const) {
  for (const [call, receive] of RECEIVING) {
    test(`Socket of ${domain}: ${call} tells once that a peer was killed before it had read all`, async () => {
      const { end, server } = await peer(domain, `print "READY\\n"; sleep`);
      await using _end = end;
      using one = server;
      const where = domain === "PF_UNIX" ? undefined : addressText(one.getpeername());
      await one.send(bytes("never read"));
      await end.prints("READY\n");
      const waiting = receive(one);
      end.child.kill("SIGKILL");
      const error = await assertRejects(() => waiting, SyscallError);
      const named = where ?? `socket ${one.fd.number}`;
      assertEquals(
        [error.message, error.address, error.fd],
        [`Cannot receive from ${named}: connection reset by peer (ECONNRESET, ${call})`, where, one.fd.number],
      );
      assertEquals((await receive(one)).length, 0);
      for (let i = 0; i < 2; i++) {
        const broken = await assertRejects(() => one.send(bytes("x")), SyscallError);
        assertEquals(broken.message, `Cannot send 1 byte to ${named}: broken pipe (EPIPE, sendto)`);
      }
    }, NEEDS);
  }

  test(`Socket of ${domain}: what was sent before a killed peer had read it is never called received`, async () => {
    const { end, server } = await peer(domain, `sysread S, my $b, 1000; print "READY\\n"; sleep`);
    await using _end = end;
    using one = server;
    const sending = sendAll(one, new Uint8Array(50_000_000));
    sending.catch(() => {});
    await end.prints("READY\n");
    end.child.kill("SIGKILL");
    const error = await assertRejects(() => sending, SyscallError);
    assert(["EPIPE", "ECONNRESET"].includes(error.code), error.code);
  }, NEEDS);

  test(`Socket of ${domain}: 200,000 bytes through the smallest buffers to a slow reader arrive whole`, async () => {
    // With less of it TCP waits for timers of its own.
    const least = domain === "PF_UNIX" ? 1 : 16_384;
    const { end, server } = await peer(
      domain,
      `setsockopt(S, SOL_SOCKET, SO_RCVBUF, pack("i", ${least})) or die; syswrite S, "r"; my $n = 0; my $sum = 0;
      while (my $c = sysread S, my $b, 997) { $n += $c; $sum = ($sum * 31 + $_) % 1000003 for unpack "C*", $b }
      print "$n $sum\\n"`,
    );
    await using _end = end;
    using one = server;
    one.setOption("SO_SNDBUF", 1);
    await one.recv(1, LIMIT);
    const sent = pattern(200_000);
    let times = 0;
    for (let at = 0; at < sent.length; times++) at += await one.send(sent.subarray(at), LIMIT);
    one.shutdown("write");
    const sum = sent.reduce((sum, byte) => (sum * 31 + byte) % 1_000_003, 0);
    assertEquals(await end.prints(), `${sent.length} ${sum}\n`);
    assert(times > 1, `${times} calls have sent it all`);
  }, NEEDS);

  test(`Socket of ${domain}: a half that was closed leaves the other open`, async () => {
    const { end, server } = await peer(
      domain,
      `syswrite S, "early"; print "$_\\n" while <S>; print "END\\n"; syswrite S, "late"; shutdown(S, 1);
      print defined(syswrite S, "x") ? "sent" : "refused", "\\n" if ($SIG{PIPE} = "IGNORE"); <STDIN>`,
    );
    await using _end = end;
    using one = server;
    assertEquals(text(await one.recv(5, LIMIT)), "early");
    await one.send(bytes("half"));
    one.shutdown(1);
    assert((await end.prints("END\n")).startsWith("half\nEND\n"));
    assertEquals(text(await receiveAll(one)), "late");
    await end.prints("refused\n");
    assertEquals((await assertRejects(() => one.send(bytes("x")), SyscallError)).code, "EPIPE");
  }, NEEDS);
}

test("Socket of PF_UNIX: a client is told the path of the peer that has broken the connection", async () => {
  using folder = new SocketFolder();
  using listener = folder.listener("PF_UNIX", "SOCK_STREAM");
  const { path } = listener.getsockname() as { path: string };
  using client = socket("PF_UNIX", "SOCK_STREAM");
  await client.connect({ path });
  await client.send(bytes("never read"));
  (await listener.accept()).socket.close();
  const error = await assertRejects(() => client.recv(1), SyscallError);
  assertEquals(
    [error.message, error.path, error.address],
    [`Cannot receive from ${JSON.stringify(path)}: connection reset by peer (ECONNRESET, recv)`, path, path],
  );
});

test("Socket sends to a peer that has gone without a signal, also where SIGPIPE kills", async () => {
  const { code, signal, stdout, stderr } = await denoSource(
    `import { sendCredentials, sendFds, SIG, socket, socketpair } from "vasty/mod.ts";
     SIG.PIPE = "DEFAULT";
     const x = new Uint8Array(1);
     const WAYS = {
       send: (one) => one.send(x), sendSync: (one) => one.sendSync(x), sendmsg: (one) => one.sendmsg(x),
       syswrite: (one) => one.syswrite(x), stream: (one) => one.writable.getWriter().write(x),
       fds: (one) => sendFds(one, [1]), credentials: (one) => sendCredentials(one),
     };
     const listener = socket("PF_UNIX", "SOCK_STREAM");
     listener.bind({ path: "" });
     listener.listen();
     for (const [name, way] of Object.entries(WAYS)) {
       const client = socket("PF_UNIX", "SOCK_STREAM");
       client.connectSync(listener.getsockname());
       listener.acceptSync().socket.close();
       try { await way(client); console.log(name, "was sent"); } catch (error) { console.log(name, error.code); }
       client.close();
     }
     const [left, right] = socketpair();
     right.close();
     await left.writable.getWriter().write(x).catch((error) => console.log("pair", error.code));`,
    { flags: ["--allow-net"] },
  );
  const ways = ["send", "sendSync", "sendmsg", "syswrite", "stream", "fds", "credentials", "pair"];
  assertEquals([code, signal, stdout, stderr], [0, null, ways.map((way) => `${way} EPIPE\n`).join(""), ""]);
});
