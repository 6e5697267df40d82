import { pipe } from "../../lib/pipes/mod.ts";
import { openPty, spawnPty, type WindowSize } from "../../lib/terminals/mod.ts";
import { changeRowsAndColumns, packWindowSize, setWindowSize, windowSizeOf } from "../../lib/terminals/window_size.ts";
import { openTerminal } from "../../lib/terminals/terminal_target.ts";
import { assertEquals, assertThrows, test } from "../support/mod.ts";
import { barePty, stty } from "./bare_pty.ts";
import { Screen } from "./programs/screen.ts";

const WRONG: [size: unknown, text: string][] = [
  [{ rows: -1, cols: 80 }, "rows is an integer from 0 to 65535, not -1"],
  [{ rows: 65_536, cols: 80 }, "rows"],
  [{ rows: 24, cols: 1.5 }, "cols is an integer"],
  [{ rows: 24 }, "cols"],
  [{ rows: 24, cols: 80, width: NaN }, "width"],
  [{ rows: 24, cols: 80, height: "9" }, "height"],
];

for (const [size, text] of WRONG) {
  test(`a window cannot be ${Deno.inspect(size)}`, () => {
    assertThrows(() => packWindowSize(size as WindowSize), RangeError, text);
    using pty = openPty();
    assertThrows(() => pty.resize(size as WindowSize), RangeError, text);
    assertEquals(pty.size(), { rows: 24, cols: 80, width: 0, height: 0 });
  });
}

test("size() gives what openPty() and resize() set, pixels too", () => {
  using pty = openPty({ rows: 65_535, cols: 1, width: 2, height: 3 });
  assertEquals(pty.size(), { rows: 65_535, cols: 1, width: 2, height: 3 });
  pty.resize({ rows: 0, cols: 65_535 });
  assertEquals(pty.size(), { rows: 0, cols: 65_535, width: 0, height: 0 });
  assertEquals(windowSizeOf(pty.slave.number), pty.size());
});

test("resize() is seen by stty(1), and tells the group in the foreground by SIGWINCH", async () => {
  const source = "trap 'stty size; exit' WINCH; stty size; echo READY; while :; do sleep 0.01; done";
  await using child = spawnPty(["bash", "-c", source], { rows: 7, cols: 9 });
  const screen = new Screen(child);
  assertEquals(await screen.until("READY\r\n"), "7 9\r\nREADY\r\n");
  child.resize({ rows: 30, cols: 100, width: 800, height: 600 });
  assertEquals(await screen.until("30 100\r\n"), "30 100\r\n");
}, { needs: ["bash"] });

test("what is no terminal has no size", () => {
  const { reader, writer } = pipe();
  using fd = reader;
  writer.close();
  assertThrows(() => windowSizeOf(fd.number), Error, "(ENOTTY, ioctl)");
  assertThrows(() => setWindowSize(fd.number, packWindowSize({ rows: 1, cols: 1 })), Error, "(ENOTTY, ioctl)");
});

test("changeRowsAndColumns() changes what is given, as stty(1) sees it", () => {
  using pty = barePty();
  using terminal = openTerminal(pty.slave, "write");
  changeRowsAndColumns(terminal, { rows: 24, cols: 80 });
  changeRowsAndColumns(terminal, { cols: 65_535 });
  assertEquals(windowSizeOf(terminal.fd), { rows: 24, cols: 65_535, width: 0, height: 0 });
  assertEquals(stty(pty.path, "size").stdout, "24 65535");
  using nothing = openTerminal("/dev/null", "read");
  assertThrows(() => windowSizeOf(nothing.fd, nothing.name), Error, "ENOTTY");
}, { needs: ["stty"] });
