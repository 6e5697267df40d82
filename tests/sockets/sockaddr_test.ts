import {
  inetNtop,
  inetPton,
  packSockaddrIn,
  packSockaddrIn6,
  packSockaddrUn,
  sockaddrFamily,
  unpackSockaddrIn,
  unpackSockaddrIn6,
  unpackSockaddrUn,
} from "../../lib/sockets/mod.ts";
import { assertEquals, assertThrows, size, test } from "../support/mod.ts";
import { hex, numbersFrom, perl } from "./name_peers.ts";

const bytesOf = (digits: string) => Uint8Array.from(digits.match(/../g) ?? [], (two) => parseInt(two, 16));

test("packSockaddrIn() makes what Perl makes, and unpackSockaddrIn() reads it", async () => {
  const random = numbersFrom(5);
  const names = Array.from({ length: size(2_000) }, () => {
    const address = inetNtop("AF_INET", Uint8Array.from({ length: 4 }, () => random(256)));
    return [random(65_536), address] as const;
  });
  const packed = names.map(([port, address]) => hex(packSockaddrIn(port, address)));
  const script = 'my ($p, $a) = split; print unpack("H*", pack_sockaddr_in($p, inet_aton($a)))';
  const theirs = await perl(script, names.map((name) => name.join(" ")));
  assertEquals(packed, theirs);
  const read = theirs.map((digits) => unpackSockaddrIn(bytesOf(digits)));
  assertEquals(read.map(([port, address]) => [port, inetNtop("AF_INET", address)]), names.map((name) => [...name]));
}, { needs: ["perl"] });

test("packSockaddrIn6() makes what Perl makes, scope and flow among it", async () => {
  const random = numbersFrom(6);
  const names = Array.from({ length: size(2_000) }, () => {
    const address = inetNtop("AF_INET6", Uint8Array.from({ length: 16 }, () => random(2) && random(256)));
    return [random(65_536), address, random(2 ** 32), random(2 ** 20)] as const;
  });
  const packed = names.map((name) => hex(packSockaddrIn6(...name)));
  const script = 'my ($p, $a, @r) = split; print unpack("H*", pack_sockaddr_in6($p, inet_pton(AF_INET6, $a), @r))';
  const theirs = await perl(script, names.map((name) => name.join(" ")));
  assertEquals(packed, theirs);
  const read = theirs.map((digits) => unpackSockaddrIn6(bytesOf(digits)));
  assertEquals(
    read.map(([port, bytes, ...more]) => [port, inetNtop("AF_INET6", bytes), ...more]),
    names.map((name) => [...name]),
  );
}, { needs: ["perl"] });

test("packSockaddrUn() names what Perl names", async () => {
  const paths = ["/run/socket", "relative", "/run/Grüße", `/${"x".repeat(106)}`];
  const theirs = await perl('print unpack("H*", pack_sockaddr_un($_))', paths);
  assertEquals(paths.map((path) => hex(packSockaddrUn(path)).padEnd(220, "0")), theirs);
  assertEquals(theirs.map((digits) => unpackSockaddrUn(bytesOf(digits))), paths);
  const ours = [...paths, "\0job", "\0a\0b"].map((path) => hex(packSockaddrUn(path)));
  const names = await perl('print unpack("H*", unpack_sockaddr_un(pack("H*", $_)))', ours.slice(0, 4));
  assertEquals(names, paths.map((path) => hex(new TextEncoder().encode(path))));
  assertEquals(ours.map((digits) => unpackSockaddrUn(bytesOf(digits))), [...paths, "\0job", "\0a\0b"]);
}, { needs: ["perl"] });

test("packSockaddrUn() has room for 107 bytes, of an abstract name behind the NUL, and says so", () => {
  assertEquals(packSockaddrUn("x".repeat(107)).length, 110);
  assertEquals(unpackSockaddrUn(packSockaddrUn("x".repeat(107))), "x".repeat(107));
  assertEquals(packSockaddrUn(`\0${"x".repeat(107)}`).length, 110);
  const tooLong = "The path of a socket has at most 107 bytes, not 108";
  assertThrows(() => packSockaddrUn("x".repeat(108)), RangeError, tooLong);
  assertThrows(() => packSockaddrUn("ü".repeat(54)), RangeError, tooLong);
  assertThrows(() => packSockaddrUn(`\0${"x".repeat(108)}`), RangeError, "An abstract name has at most 107 bytes");
  assertThrows(() => packSockaddrUn("/run/a\0b"), TypeError, "NUL");
});

test("unpackSockaddrUn() reads what has no terminator, and no name", () => {
  assertEquals(unpackSockaddrUn(Uint8Array.of(1, 0, 0x61, 0x62)), "ab");
  assertEquals(unpackSockaddrUn(Uint8Array.of(1, 0)), "");
  assertEquals(packSockaddrUn(""), Uint8Array.of(1, 0));
  assertEquals(unpackSockaddrUn(packSockaddrUn("\0")), "\0");
});

test("sockaddrFamily() tells the families apart, and the others refuse another's", () => {
  const [four, six, unix] = [packSockaddrIn(1, "127.0.0.1"), packSockaddrIn6(1, "::1"), packSockaddrUn("x")];
  assertEquals([four, six, unix].map(sockaddrFamily), ["AF_INET", "AF_INET6", "AF_UNIX"]);
  assertEquals([new Uint8Array(0), new Uint8Array(16)].map(sockaddrFamily), ["AF_UNSPEC", "AF_UNSPEC"]);
  assertThrows(() => sockaddrFamily(Uint8Array.of(16, 0)), RangeError, "No family of names that is known here: 16");
  assertThrows(() => unpackSockaddrIn(six), TypeError, "Not a name of AF_INET, but of AF_INET6");
  assertThrows(() => unpackSockaddrIn6(unix), TypeError, "Not a name of AF_INET6, but of AF_UNIX");
  assertThrows(() => unpackSockaddrUn(four), TypeError, "Not a name of AF_UNIX, but of AF_INET");
  assertThrows(() => unpackSockaddrIn(four.subarray(0, 5)), TypeError, "has 8 bytes or more, not 5");
  assertThrows(() => unpackSockaddrIn6(six.subarray(0, 24)), TypeError, "has 28 bytes or more, not 24");
});

test("what is read of a larger buffer is a copy of the right place", () => {
  const room = new Uint8Array(64);
  room.set(packSockaddrIn(13, "192.0.2.1"), 7);
  const [port, address] = unpackSockaddrIn(room.subarray(7));
  room.fill(0);
  assertEquals([port, inetNtop("AF_INET", address)], [13, "192.0.2.1"]);
});

test("packSockaddrIn() and packSockaddrIn6() refuse what is no port, address, scope or flow", () => {
  for (const port of [-1, 65_536, 1.5, NaN, Infinity]) {
    assertThrows(() => packSockaddrIn(port, "127.0.0.1"), RangeError, `A port is an integer from 0 to 65535: ${port}`);
    assertThrows(() => packSockaddrIn6(port, "::1"), RangeError, "A port is an integer");
  }
  assertThrows(() => packSockaddrIn(1, "127.1"), TypeError, 'No address of AF_INET: "127.1"');
  assertThrows(() => packSockaddrIn(1, inetPton("AF_INET6", "::1")!), TypeError, "No address of AF_INET: 16 bytes");
  assertThrows(() => packSockaddrIn6(1, "127.0.0.1"), TypeError, 'No address of AF_INET6: "127.0.0.1"');
  for (const wrong of [-1, 2 ** 32, 0.5]) {
    assertThrows(() => packSockaddrIn6(1, "::1", wrong), RangeError, `No scope: ${wrong}`);
    assertThrows(() => packSockaddrIn6(1, "::1", 0, wrong), RangeError, `No flow: ${wrong}`);
  }
});
