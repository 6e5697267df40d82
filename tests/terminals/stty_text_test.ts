import { assertEquals, assertThrows, test } from "../support/mod.ts";
import { sttyText, type SttyView } from "../../mod.ts";
import { barePty, stty } from "./bare_pty.ts";

const STATES = [
  "sane",
  "raw",
  "sane -echo -onlcr nl1 cr2 tab1 bs1 vt1 ff1 cstopb crtscts",
  "sane intr undef erase ^h quit 0x80 kill 0xe1 eof 0xff eol a eol2 0177 -icanon min 200 time 100 4000000",
  "sane -opost onocr olcuc iuclc xcase rows 100 cols 200",
];

test("sttyText() is word for word what stty(1) writes", () => {
  using pty = barePty();
  for (const state of STATES) {
    stty(pty.path, ...state.split(" "));
    for (const view of ["-a", "-g", "", "size", "speed"] as SttyView[]) {
      const words = view === "" ? [] : [view];
      assertEquals([view, sttyText(pty.slave, view)], [view, stty(pty.path, ...words).stdout]);
      assertEquals(sttyText(pty.master, view), sttyText(pty.path, view));
    }
  }
}, { needs: ["stty"] });

test("sttyText() breaks lines where stty(1) does, however wide they are", () => {
  using pty = barePty();
  for (const columns of [1, 20, 40, 79, 81, 132, 500]) {
    const { stdout } = new Deno.Command("stty", {
      args: ["-F", pty.path, "-a"],
      env: { COLUMNS: `${columns}`, LC_ALL: "C" },
      stdin: "null",
    }).outputSync();
    assertEquals(sttyText(pty.slave, "-a", { columns }), new TextDecoder().decode(stdout).trimEnd());
  }
}, { needs: ["stty"] });

test("sttyText() refuses what it does not show", () => {
  using pty = barePty();
  assertThrows(() => sttyText(pty.slave, "-b" as "-a"), TypeError, "stty shows");
  for (const columns of [0, -1, 1.5, NaN]) assertThrows(() => sttyText(pty.slave, "-a", { columns }), RangeError);
});
