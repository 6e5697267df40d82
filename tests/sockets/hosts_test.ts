import { type AddressInfo, getaddrinfo, getnameinfo, type InetAddress, socket } from "../../lib/sockets/mod.ts";
import { SyscallError } from "../../mod.ts";
import { assert, assertEquals, assertRejects, denoSource, test, within } from "../support/mod.ts";
import { perl, python } from "./name_peers.ts";
import { linesInWorld, worldTest } from "./names_world.ts";

const show = ({ family, type, protocol, address: { hostname, port } }: AddressInfo) =>
  `${family} ${type} ${protocol} ${hostname} ${port}`;

test("getaddrinfo() finds what Python finds, in its order", async () => {
  const hosts = ["localhost", "127.0.0.1", "127.1", "::1", "0x7f.1", "::ffff:192.0.2.1"];
  const ours = await Promise.all(
    hosts.flatMap((host) =>
      ["13", "http", "domain"].map(async (service) => (await getaddrinfo(host, service)).map(show).join(", "))
    ),
  );
  const words = hosts.flatMap((host) => ["13", "http", "domain"].map((service) => `${host} ${service}`));
  const one = '"%s %s %d %s %d" % (i[0].name, i[1].name, i[2], i[4][0], i[4][1])';
  assertEquals(ours, await python(`", ".join(${one} for i in socket.getaddrinfo(*x.split()))`, words));
}, { needs: ["python3"] });

test("getaddrinfo() asks for a family, a type and flags", async () => {
  const shown = async (...args: Parameters<typeof getaddrinfo>) => (await getaddrinfo(...args)).map(show);
  assertEquals(await shown("127.0.0.1", 80, { type: "SOCK_DGRAM" }), ["AF_INET SOCK_DGRAM 17 127.0.0.1 80"]);
  const passive = { flags: ["AI_PASSIVE"], type: "SOCK_STREAM" } as const;
  assertEquals((await shown(undefined, 80, passive)).sort(), [
    "AF_INET SOCK_STREAM 6 0.0.0.0 80",
    "AF_INET6 SOCK_STREAM 6 :: 80",
  ]);
  assertEquals(await shown("", 80, { ...passive, family: "AF_INET6" }), ["AF_INET6 SOCK_STREAM 6 :: 80"]);
  assertEquals(await shown("", 80, { family: "AF_INET", type: "SOCK_STREAM" }), ["AF_INET SOCK_STREAM 6 127.0.0.1 80"]);
  const mapped = { family: "AF_INET6", type: "SOCK_STREAM", flags: ["AI_V4MAPPED"] } as const;
  assertEquals(await shown("127.0.0.1", 80, mapped), ["AF_INET6 SOCK_STREAM 6 ::ffff:127.0.0.1 80"]);
  const [datagram] = await getaddrinfo("127.0.0.1", 80, { type: "SOCK_DGRAM" });
  // The type of the result is as narrow as what was asked for.
  const type: "SOCK_DGRAM" = datagram!.type;
  assertEquals(type, "SOCK_DGRAM");
  const [first] = await getaddrinfo("127.0.0.1", undefined, { flags: ["AI_CANONNAME"], type: "SOCK_STREAM" });
  assertEquals(first, {
    family: "AF_INET",
    type: "SOCK_STREAM",
    protocol: 6,
    address: { transport: "tcp", hostname: "127.0.0.1", port: 0 },
    canonicalName: "127.0.0.1",
  });
});

test("getaddrinfo() reads a scope, and services as port() does", async () => {
  const [local] = await getaddrinfo("fe80::1%lo", 1, { type: "SOCK_STREAM" });
  assertEquals(local!.address, { transport: "tcp", hostname: "fe80::1", port: 1, scope: 1 });
  for (const [service, port] of [["nosuch(7)", 7], ["(8)", 8], ["9", 9], [10, 10], ["0", 0]] as const) {
    const found = await getaddrinfo("127.0.0.1", service);
    assertEquals(found.map(({ address }) => address.port), [port, port, port]);
  }
});

test("getaddrinfo() names what is wrong by the resolver's code", async () => {
  const failure = async (...args: Parameters<typeof getaddrinfo>) => {
    const error = await assertRejects(() => getaddrinfo(...args), SyscallError);
    return [
      error.message,
      error.code,
      error.errno,
      error.syscall,
      error.address,
      error instanceof Deno.errors.NotFound,
    ];
  };
  assertEquals(await failure("localhost", 80, { flags: ["AI_NUMERICHOST"] }), [
    'Cannot look up "localhost": name or service not known (EAI_NONAME, getaddrinfo)',
    "EAI_NONAME",
    -2,
    "getaddrinfo",
    "localhost",
    true,
  ]);
  assertEquals(await failure("127.0.0.1", "no such"), [
    'Cannot look up "127.0.0.1" and the service "no such": servname not supported for ai_socktype (EAI_SERVICE, getaddrinfo)',
    "EAI_SERVICE",
    -8,
    "getaddrinfo",
    "127.0.0.1",
    false,
  ]);
  assertEquals((await failure("::1", 80, { family: "AF_INET" }))[1], "EAI_ADDRFAMILY");
  assertEquals((await failure("127.0.0.1", "http", { type: "SOCK_SEQPACKET" }))[1], "EAI_SERVICE");
  assertEquals((await failure(undefined, 80, { flags: ["AI_CANONNAME"] }))[1], "EAI_BADFLAGS");
  assertEquals((await failure(undefined, "no such"))[4], "no such");
});

test("getaddrinfo() and getnameinfo() refuse what is no argument, before any call", async () => {
  const look = (...args: unknown[]) => () => getaddrinfo(...args as Parameters<typeof getaddrinfo>);
  await assertRejects(look("a\0b", 80), TypeError, "A host must not contain a NUL character");
  await assertRejects(look("localhost", "a\0b"), TypeError, "NUL");
  await assertRejects(look(undefined), TypeError, "A host or a service is to be given");
  for (const port of [-1, 65_536, 1.5, "65536", "70000", "x(65536)"]) {
    await assertRejects(look("localhost", port), RangeError, "A port is an integer from 0 to 65535");
  }
  await assertRejects(look("localhost", 1, { family: "AF_UNIX" }), TypeError, "A family is one of AF_INET, AF_INET6");
  await assertRejects(look("localhost", 1, { type: "stream" }), TypeError, "A type of socket is one of SOCK_STREAM");
  await assertRejects(look("localhost", 1, { flags: ["AI_X"] }), TypeError, 'not "AI_X"');
  await assertRejects(look("localhost", 1, { timeout: -1 }), RangeError, "timeout");
  await assertRejects(look("localhost", 1, { timeout: 0 }), DOMException, "Timed out after 0 ms");
  const signal = AbortSignal.abort(new Error("enough"));
  await assertRejects(look("localhost", 1, { signal }), Error, "enough");
  await assertRejects(() => getnameinfo({ hostname: "localhost", port: 1 }), TypeError, "Not an address");
  await assertRejects(() => getnameinfo({ path: "/x" } as never), TypeError, "Only addresses of IPv4 and IPv6");
  await assertRejects(
    () => getnameinfo({ hostname: "::1", port: 1 }, { flags: ["AI_X" as never] }),
    TypeError,
    "A flag is",
  );
});

test("getaddrinfo() finds what socket() and connect() take", async () => {
  using listener = socket("PF_INET", "SOCK_STREAM");
  listener.bind({ hostname: "127.0.0.1", port: 0 });
  listener.listen();
  const { port } = listener.getsockname() as InetAddress;
  const [found] = await getaddrinfo("127.1", port, { type: "SOCK_STREAM" });
  using client = socket(found!.family, found!.type, found!.protocol);
  await client.connect(found!.address);
  using server = (await listener.accept()).socket;
  assertEquals(server.getpeername(), client.getsockname());
  const { host, service } = await getnameinfo(client.getpeername() as InetAddress, {
    flags: ["NI_NUMERICHOST", "NI_NUMERICSERV"],
  });
  assertEquals([host, service], ["127.0.0.1", `${port}`]);
});

test("getnameinfo() tells what Perl's tells", async () => {
  const names = ["127.0.0.1 80", "127.0.0.1 22", "127.0.0.1 1"];
  const ours = await Promise.all(names.map(async (name) => {
    const [hostname, port] = name.split(" ");
    const { host, service } = await getnameinfo({ hostname: hostname!, port: Number(port) });
    return `${host} ${service}`;
  }));
  const script = 'my ($a, $p) = split; my ($e, @n) = getnameinfo(pack_sockaddr_in($p, inet_aton($a))); print "@n"';
  assertEquals(ours, await perl(script, names));
  const flags = ["NI_NUMERICHOST", "NI_NUMERICSERV"] as const;
  assertEquals(await getnameinfo({ hostname: "fe80::1%lo", port: 80 }, { flags }), {
    host: "fe80::1%lo",
    service: "80",
  });
}, { needs: ["perl"] });

worldTest("getaddrinfo() tells names that nobody knows from servers that do not answer or fail", async () => {
  const hosts = ["true.example", "nowhere.example", "empty.example", "failing.example", "own", "nowhere.invalid"];
  const source = `
    for (const host of ${JSON.stringify(hosts)}) {
      await tell(async () => (await getaddrinfo(host, 80, { type: "SOCK_STREAM" })).map((one) => one.address.hostname));
    }
    await tell(() => getnameinfo({ hostname: "192.0.2.7", port: 80 }));
    await tell(() => getnameinfo({ hostname: "192.0.2.99", port: 80 }));
    await tell(() => getnameinfo({ hostname: "192.0.2.99", port: 80 }, { flags: ["NI_NAMEREQD"] }));`;
  assertEquals(await linesInWorld(source), [
    '["192.0.2.7"]',
    'SyscallError EAI_NONAME Cannot look up "nowhere.example": name or service not known (EAI_NONAME, getaddrinfo)',
    'SyscallError EAI_NODATA Cannot look up "empty.example": no address associated with hostname (EAI_NODATA, getaddrinfo)',
    'SyscallError EAI_AGAIN Cannot look up "failing.example": temporary failure in name resolution (EAI_AGAIN, getaddrinfo)',
    '["192.0.2.1"]',
    'SyscallError EAI_NONAME Cannot look up "nowhere.invalid": name or service not known (EAI_NONAME, getaddrinfo)',
    '{"host":"true.example","service":"http"}',
    '{"host":"192.0.2.99","service":"http"}',
    "SyscallError EAI_NONAME Cannot look up the name of 192.0.2.99: name or service not known (EAI_NONAME, getnameinfo)",
  ]);
});

test("getaddrinfo() asks for leave to look the host up, not for addresses", async () => {
  const source = `
    import { getaddrinfo, getnameinfo } from "vasty/lib/sockets/mod.ts";
    const tell = (promise) => promise.then((found) => console.log("ok"), (error) => console.log(error.name, error.message));
    await tell(getaddrinfo("localhost", 80));
    await tell(getaddrinfo("localhost", "http"));
    await tell(getaddrinfo("localhost", 81));
    await tell(getaddrinfo("localhost"));
    await tell(getaddrinfo("a b"));
    await tell(getaddrinfo("127.1", 81));
    await tell(getaddrinfo("::1", 81));
    await tell(getaddrinfo("fe80::1%lo", 81));
    await tell(getaddrinfo("", 81));
    await tell(getnameinfo({ hostname: "127.0.0.1", port: 81 }));
    await tell(getnameinfo({ hostname: "127.0.0.2", port: 81 }));
    await tell(getnameinfo({ hostname: "::1", port: 0 }));
    await tell(getnameinfo({ hostname: "::1", port: 1 }, { flags: ["NI_NUMERICHOST"] }));`;
  const { stdout, stderr } = await denoSource(source, { flags: ["--allow-net=localhost:80,127.0.0.1"] });
  const refused = (place: string) =>
    `NotCapable Requires net access to ${JSON.stringify(place)}, run again with the --allow-net flag`;
  assertEquals([stderr, ...stdout.split("\n")], [
    "",
    "ok",
    "ok",
    refused("localhost:81"),
    refused("localhost"),
    refused("a b"),
    "ok",
    "ok",
    "ok",
    "ok",
    "ok",
    refused("127.0.0.2:81"),
    refused("[::1]"),
    "ok",
    "",
  ]);
});

test("getaddrinfo() many times and at once leaves nothing behind", async () => {
  const begun = performance.now();
  for (let i = 0; i < 20; i++) {
    const all = await Promise.all(
      Array.from({ length: 10 }, () => getaddrinfo("localhost", 80, { type: "SOCK_STREAM" })),
    );
    assert(all.every((found) => found.length > 0));
  }
  assert(performance.now() - begun < within(5_000));
});

test("getaddrinfo() says that there are too many open files, where libc does", async () => {
  const source = `
    import { getaddrinfo } from "vasty/lib/sockets/mod.ts";
    await getaddrinfo("localhost", 80);
    const files = [];
    try { for (;;) files.push(Deno.openSync("/dev/null")); } catch { /* all are taken */ }
    await getaddrinfo("localhost", 80).catch((error) => console.log(error.message, error.errno));
    for (const file of files) file.close();
    console.log((await getaddrinfo("localhost", 80)).length > 0);`;
  const options = { under: ["prlimit", "--nofile=64"], flags: ["--allow-read=/dev/null", "--allow-net=localhost"] };
  const { stdout, stderr } = await denoSource(source, options);
  assertEquals([stderr, stdout], [
    "",
    'Cannot look up "localhost": too many open files (EMFILE, getaddrinfo) 24\ntrue\n',
  ]);
}, { needs: ["prlimit"] });
