import { getprotobyname, getprotobynumber, getservbyname, getservbyport, port } from "../../lib/sockets/mod.ts";
import { SyscallError } from "../../mod.ts";
import { assert, assertEquals, assertThrows, denoSource, test } from "../support/mod.ts";
import { perl } from "./name_peers.ts";

/** As Perl's list says it. */
const service = (found: ReturnType<typeof getservbyname>) =>
  found === undefined ? "none" : [found.name, found.aliases.join(" "), found.port, found.protocol].join(",");
const protocol = (found: ReturnType<typeof getprotobyname>) =>
  found === undefined ? "none" : [found.name, found.aliases.join(" "), found.number].join(",");

/** The words of a file of /etc that begins its lines with names, and their numbers. */
function entries(file: string): [name: string, number: string][] {
  const lines = Deno.readTextFileSync(file).split("\n").map((line) => line.replace(/#.*/, "").trim().split(/\s+/));
  return lines.filter((line) => line.length >= 2).map(([name, number]) => [name!, number!]);
}

test("getservbyname() and getservbyport() agree with Perl about all that there is", async () => {
  const all = entries("/etc/services").map(([name, number]) =>
    [name, ...number.split("/")] as [string, string, string]
  );
  assert(all.length > 50);
  const words = [...all, ["nosuch", "4711", "tcp"], ["http", "80", "nosuch"]] as [string, string, string][];
  const ours = words.flatMap(([name, number, over]) => [
    service(getservbyname(name, over)),
    service(getservbyport(Number(number), over)),
  ]);
  const show = (call: string) => `print @s ? join(",", @s) : "none" if (@s = ${call}) || print("none") && 0;`;
  const script = `my ($n, $p, $o) = split; my @s; ${show("getservbyname($n, $o)")} print "\\n"; ${
    show("getservbyport($p, $o)")
  }`;
  assertEquals(ours, await perl(script, words.map((one) => one.join(" "))));
}, { needs: ["perl"] });

test("getprotobyname() and getprotobynumber() agree with Perl about all that there is", async () => {
  const words = [...entries("/etc/protocols"), ["nosuch", "251"]] as [string, string][];
  assert(words.length > 10);
  const ours = words.flatMap(([name, number]) => [
    protocol(getprotobyname(name)),
    protocol(getprotobynumber(Number(number))),
  ]);
  const show = (call: string) => `@s = ${call}; print @s ? join(",", @s) : "none";`;
  const script = `my ($n, $p) = split; my @s; ${show("getprotobyname($n)")} print "\\n"; ${
    show("getprotobynumber($p)")
  }`;
  assertEquals(ours, await perl(script, words.map((one) => one.join(" "))));
}, { needs: ["perl"] });

test("getservbyname() finds other names, any protocol, and nothing", () => {
  assertEquals(getservbyname("www", "tcp"), getservbyname("http", "tcp"));
  assertEquals(getservbyname("domain")?.port, 53);
  assertEquals([getservbyname(""), getservbyname("HTTP"), getservbyname("x".repeat(5_000))], [
    undefined,
    undefined,
    undefined,
  ]);
});

test("port() takes numbers, names, and names with a number to fall back to", () => {
  const cases: [string | number, number][] = [
    [80, 80],
    ["80", 80],
    [0, 0],
    [65_535, 65_535],
    ["http", 80],
    ["daytime(13)", 13],
    ["http(8080)", 80],
    ["no such(8080)", 8080],
    ["(8080)", 8080],
  ];
  for (const [given, wanted] of cases) assertEquals(port(given), wanted);
  assertEquals([port("tftp(7)", "udp"), port("tftp(7)", "tcp")], [69, 7]);
});

test("port() agrees with Perl's IO::Socket about what there is and what there is not", async () => {
  const words = ["80", "http", "daytime(14)", "nosuch(8080)", "(8080)", "http(1)", "domain"];
  const script = 'use IO::Socket::INET; my (undef, $p) = IO::Socket::INET::_sock_info("", $_, "tcp"); print $p';
  assertEquals(words.map((word) => `${port(word)}`), await perl(script, words));
}, { needs: ["perl"] });

test("port() names the service that there is not, and refuses what is no port", () => {
  const error = assertThrows(() => port("no such"), SyscallError);
  assertEquals([error.message, error.code, error.errno, error.address], [
    'Cannot find the port of the service "no such" of tcp: servname not supported for ai_socktype (EAI_SERVICE, getservbyname_r)',
    "EAI_SERVICE",
    -8,
    "no such",
  ]);
  for (const service of ["http", ""]) assertThrows(() => port(service, "nosuch"), SyscallError, "EAI_SERVICE");
  for (const wrong of [-1, 65_536, 1.5, NaN, "65536", "http(65536)"]) {
    assertThrows(() => port(wrong), RangeError, "A port is an integer from 0 to 65535");
  }
});

test("the look-ups refuse NUL characters and what is no number", () => {
  for (const call of [() => getservbyname("a\0"), () => getservbyname("a", "b\0"), () => getprotobyname("\0")]) {
    assertThrows(call, TypeError, "NUL");
  }
  assertThrows(() => getservbyport(80, "b\0"), TypeError, "NUL");
  assertThrows(() => getservbyport(65_536), RangeError, "A port is an integer");
  for (const wrong of [1.5, NaN, 2 ** 31]) {
    assertThrows(() => getprotobynumber(wrong), RangeError, "The number of a protocol");
  }
});

test("the look-ups need no leave but libc's", async () => {
  const source = `
    import { getprotobyname, port } from "vasty/lib/sockets/mod.ts";
    console.log(port("http"), getprotobyname("tcp").number);`;
  const { stdout, stderr } = await denoSource(source);
  assertEquals([stderr, stdout], ["", "80 6\n"]);
});

test("the look-ups say that there are too many open files", async () => {
  const source = `
    import { getprotobyname, getservbyname, getservbyport, port } from "vasty/lib/sockets/mod.ts";
    port("http");
    try { for (;;) Deno.openSync("/dev/null"); } catch { /* all are taken */ }
    for (const f of [() => getservbyname("http"), () => getservbyport(80), () => getprotobyname("tcp"), () => port("ssh(1)")]) {
      try { f(); } catch (error) { console.log(error.message); }
    }`;
  const options = { under: ["prlimit", "--nofile=64"], flags: ["--allow-read=/dev/null"] };
  const { stdout, stderr } = await denoSource(source, options);
  assertEquals([stderr, ...stdout.split("\n")], [
    "",
    'Cannot look up the service "http": too many open files (EMFILE, getservbyname_r)',
    "Cannot look up the service of port 80: too many open files (EMFILE, getservbyport_r)",
    'Cannot look up the protocol "tcp": too many open files (EMFILE, getprotobyname_r)',
    'Cannot look up the service "ssh": too many open files (EMFILE, getservbyname_r)',
    "",
  ]);
}, { needs: ["prlimit"] });
