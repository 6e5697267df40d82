import { assert, assertEquals, assertThrows, deno, EMULATED, test } from "../support/mod.ts";
import { stty, sttyText, type SyscallError } from "../../mod.ts";
import { modeNames } from "../../lib/terminals/mode_names.ts";
import { type BarePty, barePty, stty as sttyOne } from "./bare_pty.ts";

const NEEDS = { needs: ["stty"] };

/** From which states each word is tried. */
const STARTS = [
  "sane",
  "sane iutf8 -imaxbel ixany cstopb parodd echoprt tostop xcase olcuc ocrnl onlret nl1 tab3 min 5 time 7",
  "sane -echo -icanon -isig -opost ignbrk inlcr igncr iuclc parmrk -icrnl 1200 intr x eof undef",
];

const COMBINATIONS =
  "sane raw -raw cooked -cooked cbreak -cbreak crt dec decctlq -decctlq ek evenp -evenp oddp -oddp parity " +
  "-parity nl -nl pass8 -pass8 litout -litout tabs -tabs lcase -lcase LCASE -LCASE drain -drain 9600 0 115200 134.5 exta extb " +
  "4000000";
const WITH_VALUES = [
  "intr ^C",
  "intr undef",
  "erase ^h",
  "quit ^?",
  "kill 0x7f",
  "eof 0177",
  "eol 64",
  "susp x",
  "start ^-",
]
  .concat(["swtch 7", "lnext 0", "min 3", "time 9", "min 0x10", "ispeed 9600", "ospeed 300", "line 0", "discard ^["]);

function words(): string[] {
  const modes = modeNames().flatMap(({ word, reversible }) => reversible ? [word, `-${word}`] : [word]);
  return [...modes, ...COMBINATIONS.split(" "), ...WITH_VALUES];
}

/** What the terminal is set to by stty(1) and by stty(), from the same start. */
function both({ path, slave }: BarePty, start: string, word: string): [one: string, ours: string] {
  sttyOne(path, start);
  sttyOne(path, ...word.split(" "));
  const one = sttyText(slave, "-g");
  sttyOne(path, start);
  stty(slave, word).keep();
  return [one, sttyText(slave, "-g")];
}

STARTS.forEach((start, i) => {
  test(`stty() sets by each of its words what stty(1) sets, from "${start.slice(0, 20)}"`, () => {
    using pty = barePty();
    sttyOne(pty.path, ...start.split(" "));
    const from = sttyOne(pty.path, "-g").stdout;
    assertEquals(sttyText(pty.slave, "-g"), from);
    // Signals are caught once, and not for each word anew.
    using _all = stty(pty.slave);
    const tried = words().filter((_, at) => (i === 0 && !EMULATED) || at % (EMULATED ? 20 : 4) === i);
    for (const word of tried) {
      const [one, ours] = both(pty, from, word);
      assertEquals([word, ours], [word, one]);
    }
  }, NEEDS);
});

test("stty() takes several words in one text and several texts, and its own -g text", () => {
  using pty = barePty();
  const before = sttyText(pty.slave, "-g");
  using saved = stty(pty.slave, "-icanon -echo min 3", "time", "4");
  assertEquals(saved.text, before);
  assert(/min = 3; time = 4;[^]* -icanon [^]* -echo /.test(sttyText(pty.slave)));
  stty(pty.slave, before).keep();
  assertEquals(sttyText(pty.slave, "-g"), before);
});

test("stty() sets rows and columns and puts them back, unless somebody else has set them since", () => {
  using pty = barePty();
  {
    using _saved = stty(pty.slave, "rows 30", "cols", "100");
    assertEquals(sttyText(pty.master, "size"), "30 100");
  }
  assertEquals(sttyText(pty.slave, "size"), "0 0");
  {
    using _saved = stty(pty.slave, "columns 100");
    stty(pty.slave, "rows 50").keep();
  }
  assertEquals(sttyText(pty.slave, "size"), "50 100");
});

test("stty() sets nothing if a word is wrong, and names it", () => {
  using pty = barePty();
  const before = sttyText(pty.slave, "-g");
  const wrong: [string, RegExp][] = [
    ["raww", /no setting "raww"/],
    ["-sane", /no setting "-sane"/],
    ["-cs8", /no setting "-cs8"/],
    ["min", /"min" needs a value/],
    ["min x", /Not a value of min: "x"/],
    ["intr ctrl-c", /Not a value of intr: "ctrl-c"/],
    ["ispeed fast", /Not a speed: "fast"/],
    ["size", /sttyText\(\) tells it/],
    ["1:2:3", /no setting "1:2:3"/],
    ["toString", /no setting "toString"/],
  ];
  for (const [word, message] of wrong) {
    const error = assertThrows(() => stty(pty.slave, "-echo", word), TypeError);
    assert(message.test(error.message), error.message);
  }
  for (const word of ["12345", "min 256", "rows 65536", "intr 256", "ospeed 7"]) {
    assertThrows(() => stty(pty.slave, "-echo", word), RangeError);
  }
  assertEquals(sttyText(pty.slave, "-g"), before);
});

test("stty() is put back at the end of a block, also when it is thrown out of", () => {
  using pty = barePty();
  const before = sttyText(pty.path, "-g");
  assertThrows(
    () => {
      using _raw = stty(pty.path, "raw -echo");
      assert(sttyText(pty.path, "-g") !== before);
      throw new RangeError("out");
    },
    RangeError,
    "out",
  );
  assertEquals(sttyText(pty.path, "-g"), before);
});

test("stty() says what is no terminal, and what is not there", () => {
  const error = assertThrows(() => stty("/dev/null", "raw")) as SyscallError;
  assertEquals(
    error.message,
    'Cannot read the settings of "/dev/null": inappropriate ioctl for device (ENOTTY, tcgetattr)',
  );
  assertEquals((assertThrows(() => stty("/nonexistent/tty", "raw")) as SyscallError).code, "ENOENT");
});

test("stty() asks for permission to read and write a path, and for none where it has a descriptor", async () => {
  using pty = barePty();
  const source = `
    import { stty, sttyText } from ${JSON.stringify(new URL("../../mod.ts", import.meta.url).href)};
    try { sttyText(${
    JSON.stringify(pty.path)
  }); console.log("read"); } catch (e) { console.log(e.name, e.message.slice(0, 26)); }
    try { stty(${
    JSON.stringify(pty.path)
  }, "raw").restore(); } catch (e) { console.log(e.name, e.message.slice(0, 26)); }
    try { stty(0, "raw"); } catch (e) { console.log(e.code); }
  `;
  const file = Deno.makeTempFileSync({ suffix: ".ts" });
  try {
    Deno.writeTextFileSync(file, source);
    assertEquals(
      (await deno(file)).stdout,
      'NotCapable Requires read access to "/\nNotCapable Requires read access to "/\nENOTTY\n',
    );
    const { stdout } = await deno(file, { flags: [`--allow-read=${pty.path}`] });
    assertEquals(stdout, 'read\nNotCapable Requires write access to "\nENOTTY\n');
  } finally {
    Deno.removeSync(file);
  }
});
