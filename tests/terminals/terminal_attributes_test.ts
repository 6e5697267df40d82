import { assert, assertEquals, assertThrows, test } from "../support/mod.ts";
import { ClosedError, getAttributes, type PartialTerminalAttributes, setAttributes, sttyText } from "../../mod.ts";
import { write } from "../../ffi/unistd.ts";
import { barePty, isReadable, stty } from "./bare_pty.ts";

test("getAttributes() says what stty(1) has set, and is frozen", () => {
  using pty = barePty();
  stty(pty.path, ..."-echo -icanon min 5 time 7 intr x eof undef erase ^h nl1 tab3 9600 cstopb -icrnl".split(" "));
  const got = getAttributes(pty.slave);
  assertEquals([got.local.ECHO, got.local.ICANON, got.local.ISIG, got.input.ICRNL], [false, false, true, false]);
  assertEquals([got.minimum, got.time, got.inputSpeed, got.outputSpeed, got.characterSize], [5, 700, 9600, 9600, 8]);
  assertEquals([got.delays.NLDLY, got.delays.TABDLY, got.delays.CRDLY, got.control.CSTOPB], [1, 3, 0, true]);
  const { VINTR, VEOF, VERASE, VQUIT } = got.characters;
  assertEquals([VINTR, VEOF, VERASE, VQUIT], ["x", null, "^H", "^\\"]);
  assert([got, got.input, got.output, got.delays, got.control, got.local, got.characters].every(Object.isFrozen));
  assertEquals(got, getAttributes(pty.master));
  assertEquals(got, getAttributes({ master: pty.master }));
  assertEquals(got, getAttributes(pty.path));
  assertEquals(got, getAttributes(pty.slave.number));
});

const CHANGES: [attributes: PartialTerminalAttributes, words: string][] = [
  [{ local: { ECHO: false, ICANON: false } }, "-echo -icanon"],
  [{ local: { ECHO: undefined, ISIG: false }, input: { ICRNL: false, IUTF8: true } }, "-isig -icrnl iutf8"],
  [{ output: { OPOST: false, OLCUC: true }, delays: { CRDLY: 2, FFDLY: 1, TABDLY: 3 } }, "-opost olcuc cr2 ff1 tab3"],
  [{ control: { CSTOPB: true, CRTSCTS: true, CMSPAR: true, HUPCL: true } }, "cstopb crtscts cmspar hupcl"],
  [
    { characters: { VINTR: "^X", VQUIT: null, VEOF: "undef", VERASE: "M-^A", VEOL: "0x7f" } },
    "intr ^x quit undef eof undef erase 0x81 eol ^?",
  ],
  [{ minimum: 255, time: 25_500 }, "min 255 time 255"],
  [{ outputSpeed: 115_200 }, "115200"],
  [{ inputSpeed: 300, outputSpeed: 300, minimum: 0 }, "300 min 0"],
];

test("setAttributes() sets what stty(1) sets, and returns what was there, which it takes", () => {
  using pty = barePty();
  const start = sttyText(pty.slave, "-g");
  for (const [attributes, words] of CHANGES) {
    stty(pty.path, ...words.split(" "));
    const wanted = sttyText(pty.slave, "-g");
    stty(pty.path, start);
    const before = setAttributes(pty.slave, attributes);
    assertEquals([words, sttyText(pty.slave, "-g")], [words, wanted]);
    setAttributes(pty.slave, before, "drain");
    assertEquals(sttyText(pty.slave, "-g"), start);
  }
}, { needs: ["stty"] });

test('setAttributes() at "flush" throws away what was typed, and at "now" does not', () => {
  using pty = barePty();
  write(pty.master.number, new TextEncoder().encode("typed\n"), 6);
  setAttributes(pty.slave, { local: { ECHO: false } });
  assertEquals(isReadable(pty.slave), true);
  setAttributes(pty.slave, {}, "flush");
  assertEquals(isReadable(pty.slave), false);
});

test("setAttributes() refuses what is wrong, and changes nothing", () => {
  using pty = barePty();
  const start = sttyText(pty.slave, "-g");
  const wrong: [PartialTerminalAttributes, typeof TypeError | typeof RangeError][] = [
    [{ local: { ECHOO: false } as never }, TypeError],
    [{ local: { ECHO: 1 as never } }, TypeError],
    [{ input: { ECHO: true } as never }, TypeError],
    [{ control: { CSIZE: true } as never }, TypeError],
    [{ output: { NLDLY: true } as never }, TypeError],
    [{ delays: { NLDLY: 2 } }, RangeError],
    [{ delays: { OPOST: 1 } as never }, TypeError],
    [{ characters: { VMIN: "^A" } as never }, TypeError],
    [{ characters: { VINTR: 3 as never } }, TypeError],
    [{ characters: { VINTR: "256" } }, RangeError],
    [{ minimum: 256 }, RangeError],
    [{ time: 150 }, RangeError],
    [{ time: 25_600 }, RangeError],
    [{ characterSize: 9 }, RangeError],
    [{ outputSpeed: 12_345 }, RangeError],
    [{ inputSpeed: 300, outputSpeed: 600 }, RangeError],
    [{ echo: false } as never, TypeError],
    [{ local: null } as never, TypeError],
  ];
  for (const [attributes, kind] of wrong) {
    assertThrows(() => setAttributes(pty.slave, { minimum: 3, ...attributes }), kind);
  }
  assertThrows(() => setAttributes(pty.slave, {}, "later" as "now"), TypeError);
  assertEquals(sttyText(pty.slave, "-g"), start);
  pty.slave.close();
  assertThrows(() => setAttributes(pty.slave, {}), ClosedError);
});
