// permissions: --allow-ffi={libc} --allow-run=vim
/**
 * `vim FILE [LINE...] [--svg]`: types each LINE at the end of FILE in vim(1), has vim write it, and prints what vim says of that; with `--svg` a picture of its screen instead.
 *
 * It looks at the screen after each step and goes on when that shows what it should; within ten seconds, or it is a failure,
 * and FILE stays as it was.
 */
import { spawnPty } from "../../lib/terminals/mod.ts";
import { Screen } from "../../screen/mod.ts";
import { optionsIn } from "../options.ts";
import { print, printBytes, run, UsageError } from "../program.ts";

const SIZE = { rows: 24, cols: 100 };
/** Nobody's settings, and nothing left beside FILE; messages that would fill the screen are cut. */
const OPTIONS = ["-u", "NONE", "-i", "NONE", "-n", "--cmd", "set nocompatible shortmess=ITtl encoding=utf-8 showmode"];
const LIMIT = { timeout: 10_000 };

/** What stands there, however it is broken into rows. */
const unbroken = (text: string) => text.replaceAll(/\s/g, "");

/** Put a line below the last one, or into a file that has none. */
async function type(screen: Screen, line: string, empty: boolean): Promise<void> {
  await screen.dialog.send(empty ? "i" : "Go");
  await screen.expectScreen("-- INSERT --", { ...LIMIT, row: -1 });
  await screen.dialog.send(line);
  await screen.expectScreen((screen) => unbroken(screen.text()).includes(unbroken(line)), LIMIT);
  await screen.dialog.send("\x1b");
  await screen.expectScreen((screen) => screen.find("-- INSERT --", { row: -1 }) === undefined, LIMIT);
}

async function main(args: string[]): Promise<void> {
  const { words: [file, ...lines], flags } = optionsIn(args, [], ["svg"]);
  // deno-lint-ignore no-control-regex -- they would be commands
  if (!file || lines.some((line) => /[\x00-\x1f\x7f]/.test(line))) throw new UsageError();
  const vim = spawnPty(["vim", ...OPTIONS, "--", file], { ...SIZE, env: { LC_ALL: "C.UTF-8" } });
  await using screen = new Screen(vim);
  const opened = await screen.expectScreen(/\[New.*\]|\d+L, \d+[BC]|E\d+: .*|".*" .*/, { ...LIMIT, row: -1 });
  if (!/New|\dL/.test(opened.match)) throw new Error(`vim says ${opened.match}`);
  let empty = /New|\b0L/.test(opened.match);
  for (const line of lines) {
    await type(screen, line, empty);
    empty = false;
  }
  await screen.dialog.send(":w\r");
  const { match } = await screen.expectScreen(/\d+L, \d+[BC] written|E\d+: .*|Press ENTER/, { ...LIMIT, row: -1 });
  if (!match.endsWith("written")) throw new Error(`vim says ${screen.find(/E\d+: .*/)?.match ?? match}`);
  // It is drawn to its end when the cursor is back in the text.
  await screen.expectScreen(({ cursor }) => cursor.visible && cursor.row < SIZE.rows - 1, LIMIT);
  const picture = screen.svg({ title: file });
  await screen.dialog.send(":q\r");
  await screen.expectScreen(({ ended }) => ended, LIMIT);
  if (flags.has("svg")) printBytes(new TextEncoder().encode(picture));
  else print(`${file}: ${match}`);
}

await run({ name: "vim", usage: "FILE [LINE...] [--svg]", main });
