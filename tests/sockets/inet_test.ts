import { inetAton, type InetFamily, inetNtoa, inetNtop, inetPton } from "../../lib/sockets/mod.ts";
import { assert, assertEquals, assertThrows, size, test } from "../support/mod.ts";
import { hex, numbersFrom, perl, python } from "./name_peers.ts";

/** A part of an IPv4 address, mostly a good one, in one of C's ways to write numbers. */
function part(random: (limit: number) => number, largest: number): string {
  const value = Math.floor(random(8) === 0 ? largest * 1.01 : random(largest + 1));
  const ways = [
    `${value}`,
    `0${value.toString(8)}`,
    `0x${value.toString(16)}`,
    `0X${value.toString(16).toUpperCase()}`,
  ];
  return random(40) === 0 ? ["", "08", "0x", "-1", "+1", "1e3", "9".repeat(30)][random(7)]! : ways[random(4)]!;
}

/** One to five parts. */
function dotted(random: (limit: number) => number): string {
  const count = random(20) === 0 ? 5 : 1 + random(4);
  return Array.from({ length: count }, (_, i) => part(random, i === count - 1 ? 256 ** (5 - count) - 1 : 255)).join(
    ".",
  );
}

/** An address of IPv6, mostly a good one. */
function colons(random: (limit: number) => number): string {
  const word = () => random(3) === 0 ? "0" : random(2 ** (4 * (1 + random(4)))).toString(16);
  const count = random(12) === 0 ? 9 : 2 + random(7);
  const words = Array.from({ length: count }, word);
  if (random(2) === 0 || count < 8) words[random(count)] = "";
  if (random(4) === 0) words.splice(-2, 2, Array.from({ length: 4 }, () => random(260)).join("."));
  const text = words.join(":");
  if (random(30) === 0) return `${text}:`;
  if (random(30) === 0) return `${text}%lo`;
  const ends = text.startsWith(":") ? `:${text}` : text;
  return ends.endsWith(":") ? `${ends}:` : ends;
}

test("inetAton() reads what Python's does, and nothing else", async () => {
  const random = numbersFrom(1);
  const texts = Array.from({ length: size(4_000) }, () => dotted(random)).filter((text) => text !== "");
  const ours = texts.map((text) => hex(inetAton(text)));
  const none = ours.filter((one) => one === "none").length;
  assert(none > texts.length / 50 && none < texts.length / 2, `${none} of ${texts.length} are none`);
  assertEquals(ours, await python("socket.inet_aton(x).hex()", texts));
}, { needs: ["python3"] });

test("inetAton() and inetNtoa() agree with Perl", async () => {
  const random = numbersFrom(2);
  const texts = Array.from({ length: size(4_000) }, () => dotted(random)).filter((text) =>
    inetAton(text) !== undefined
  );
  const ours = texts.map((text) => `${hex(inetAton(text))} ${inetNtoa(inetAton(text)!)}`);
  assertEquals(ours, await perl('print unpack("H*", inet_aton($_)), " ", inet_ntoa(inet_aton($_))', texts));
}, { needs: ["perl"] });

for (const family of ["AF_INET", "AF_INET6"] as const) {
  test(`inetPton() and inetNtop() of ${family} agree with Perl and Python`, async () => {
    const random = numbersFrom(3);
    const quads = () => Array.from({ length: 4 }, () => random(280)).join(".");
    const forms = family === "AF_INET6" ? [colons] : [quads, quads, dotted, colons];
    const one = () => forms[random(forms.length)]!(random);
    const texts = Array.from({ length: size(6_000) }, one).filter((text) => text !== "");
    const show = (bytes: Uint8Array | undefined) => bytes ? `${hex(bytes)} ${inetNtop(family, bytes)}` : "none";
    const ours = texts.map((text) => show(inetPton(family, text)));
    const none = ours.filter((one) => one === "none").length;
    assert(none > texts.length / 20 && none < texts.length * 0.95, `${none} of ${texts.length} are none`);
    const perls =
      `my $a = inet_pton(${family}, $_); print $a ? unpack("H*", $a) . " " . inet_ntop(${family}, $a) : "none"`;
    assertEquals(ours, await perl(perls, texts));
    const pythons =
      `(lambda a: a.hex() + " " + socket.inet_ntop(socket.${family}, a))(socket.inet_pton(socket.${family}, x))`;
    assertEquals(ours, await python(pythons, texts));
  }, { needs: ["perl", "python3"] });
}

test("inetNtop() writes any bytes as Perl does, wherever zeros are", async () => {
  const random = numbersFrom(4);
  const kinds = [() => 0, () => random(256), () => 0xff, () => random(2)];
  const all = Array.from({ length: size(6_000) }, () => {
    const bytes = new Uint8Array(16);
    for (let i = 0; i < 16; i += 2) {
      const kind = kinds[random(3) === 0 ? random(4) : 0]!;
      bytes.set([kind(), kind()], i);
    }
    return bytes;
  });
  const texts = all.map((bytes) => inetNtop("AF_INET6", bytes));
  assertEquals(texts, await perl('print inet_ntop(AF_INET6, pack("H*", $_))', all.map(hex)));
  assertEquals(texts.map((text) => hex(inetPton("AF_INET6", text))), all.map(hex));
}, { needs: ["perl"] });

test("inetAton() reads one to four parts, inetPton() four alone", () => {
  for (
    const [text, address] of [["127.1", "127.0.0.1"], ["0x7f.1", "127.0.0.1"], ["010.0.0.1", "8.0.0.1"], [
      "1",
      "0.0.0.1",
    ]]
  ) {
    assertEquals(inetNtoa(inetAton(text!)!), address);
    assertEquals(inetPton("AF_INET", text!), undefined);
  }
  const refused = ["", ".", "1.", ".1", "1..2", "256.1.1.1", "1.2.3.256", "1.2.65536", "4294967296", "1.2.3.4.5"];
  const strange = [
    "1.2.3.4 x",
    " 1.2.3.4",
    "1.2.3.4\n",
    "1.2.3.4\0",
    "localhost",
    "１.2.3.4",
    "1e1.2.3.4",
    "0b1.1.1.1",
  ];
  for (const text of [...refused, ...strange]) {
    assertEquals(inetAton(text), undefined, JSON.stringify(text));
    assertEquals(inetPton("AF_INET", text), undefined, JSON.stringify(text));
  }
});

test("inetPton() refuses what is no address of IPv6", () => {
  const refused = ["", ":", ":::", "1", "::1::", "1:2:3:4:5:6:7:8:9", "1:2:3:4:5:6:7", "::g", "::12345", "fe80::1%lo"];
  const dots = [
    "::1.2.3",
    "::1.2.3.256",
    "1.2.3.4::",
    "::1.2.3.4:5",
    "1.2.3.4",
    "::01.2.3.4",
    "::1.2.3.4\0",
    "[::1]",
    " ::1",
  ];
  for (const text of [...refused, ...dots]) assertEquals(inetPton("AF_INET6", text), undefined, JSON.stringify(text));
});

test("inetNtop() and the others refuse another family and another length", () => {
  const wrong = "AF_UNIX" as InetFamily;
  assertThrows(() => inetPton(wrong, "1.2.3.4"), TypeError, 'A family is "AF_INET" or "AF_INET6", not "AF_UNIX"');
  assertThrows(() => inetNtop(wrong, new Uint8Array(4)), TypeError, "A family is");
  assertThrows(() => inetNtop("AF_INET", new Uint8Array(16)), RangeError, "An address of AF_INET has 4 bytes, not 16");
  assertThrows(() => inetNtop("AF_INET6", new Uint8Array(4)), RangeError, "has 16 bytes, not 4");
  assertThrows(() => inetNtoa(new Uint8Array(0)), RangeError, "has 4 bytes, not 0");
});
