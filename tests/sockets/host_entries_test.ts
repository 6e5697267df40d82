import { gethostbyaddr, gethostbyname, inetAton, inetPton } from "../../lib/sockets/mod.ts";
import { SyscallError } from "../../mod.ts";
import { assertEquals, assertRejects, test } from "../support/mod.ts";
import { perl } from "./name_peers.ts";
import { linesInWorld, worldTest } from "./names_world.ts";

test("gethostbyname() finds the addresses that Perl finds", async () => {
  const hosts = ["localhost", "127.0.0.1", "192.0.2.1"];
  const ours = await Promise.all(hosts.map(async (host) => (await gethostbyname(host)).addresses.join(" ")));
  const script = "my (undef, undef, undef, undef, @a) = gethostbyname($_); print join(' ', map { inet_ntoa($_) } @a)";
  assertEquals(ours, await perl(script, hosts));
}, { needs: ["perl"] });

test("gethostbyaddr() takes text or bytes, and finds the name that Perl finds", async () => {
  const [theirs] = await perl("print scalar gethostbyaddr(inet_aton($_), AF_INET)", ["127.0.0.1"]);
  for (const address of ["127.0.0.1", inetAton("127.1")!]) {
    assertEquals(await gethostbyaddr(address), { name: theirs!, addresses: ["127.0.0.1"] });
  }
}, { needs: ["perl"] });

worldTest("gethostbyname() and gethostbyaddr() tell the proper name, of files and DNS", async () => {
  const source = `
    import { inetPton } from "vasty/lib/sockets/mod.ts";
    await tell(() => gethostbyname("own.example"));
    await tell(() => gethostbyname("true.example"));
    await tell(() => gethostbyname("nowhere.example"));
    await tell(() => gethostbyaddr("192.0.2.1"));
    await tell(() => gethostbyaddr(inetPton("AF_INET6", "::1")));
    await tell(() => gethostbyaddr("192.0.2.99"));`;
  assertEquals(await linesInWorld(source), [
    '{"name":"own","addresses":["192.0.2.1"]}',
    '{"name":"true.example","addresses":["192.0.2.7"]}',
    'SyscallError EAI_NONAME Cannot look up "nowhere.example": name or service not known (EAI_NONAME, getaddrinfo)',
    '{"name":"own","addresses":["192.0.2.1"]}',
    '{"name":"localhost6","addresses":["::1"]}',
    "SyscallError EAI_NONAME Cannot look up the name of 192.0.2.99: name or service not known (EAI_NONAME, getnameinfo)",
  ]);
});

test("gethostbyname() and gethostbyaddr() refuse what is no host and no address", async () => {
  await assertRejects(() => gethostbyname(""), TypeError, "The name of a host is not empty");
  await assertRejects(() => gethostbyname("a\0b"), TypeError, "NUL");
  await assertRejects(() => gethostbyname("::1"), SyscallError, "EAI_ADDRFAMILY");
  await assertRejects(() => gethostbyaddr("127.1"), TypeError, 'Not an address of IPv4 or IPv6: "127.1"');
  await assertRejects(() => gethostbyaddr(new Uint8Array(5)), RangeError, "An address of AF_INET has 4 bytes, not 5");
  const six = inetPton("AF_INET6", "::1")!;
  await assertRejects(() => gethostbyaddr(six, { timeout: 0 }), DOMException, "Timed out");
});
