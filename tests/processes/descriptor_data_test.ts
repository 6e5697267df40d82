import { capture, captureSync, run, spawn, type SpawnOptions } from "../../lib/processes/mod.ts";
import { assert, assertEquals, assertThrows, test } from "../support/mod.ts";
import { ENGINES } from "./programs/engines.ts";

/** A shell's own list of what it has open: whatever it opened for that would take a number which is closed. */
const LIST = 'for n in 0 1 2 3 4 5 6 7 8; do [ -e /proc/$$/fd/$n ] && all="$all $n"; done; echo $all >"$1"';
const BOTH = ["sh", "-c", "echo out; echo err >&2"];

for (const [engine, how] of Object.entries(ENGINES)) {
  test(`{ dup: 1 } is the shell's 2>&1, and { dup: 2 } its 1>&2, by ${engine}`, async () => {
    const merged = await capture(BOTH, { ...how, stderr: { dup: 1 } });
    assertEquals([merged.stdout, merged.stderr], ["out\nerr\n", ""]);
    const other = await capture(BOTH, { ...how, stdout: { dup: 2 } });
    assertEquals([other.stdout, other.stderr], ["", "out\nerr\n"]);
    assertEquals(captureSync(BOTH, { ...how, stderr: { dup: 1 } }).stdout, "out\nerr\n");
  });

  test(`"close" leaves a descriptor out, any of them, by ${engine}`, async () => {
    const numbers = async (options: SpawnOptions) => {
      const report = await Deno.makeTempFile();
      try {
        await run(["sh", "-c", LIST, "sh", report], { ...how, ...options });
        return (await Deno.readTextFile(report)).match(/\d/g)?.map(Number) ?? [];
      } finally {
        await Deno.remove(report);
      }
    };
    assertEquals(await numbers({ stdin: "close" }), [1, 2]);
    assertEquals(await numbers({ stdin: "close", stdout: "close", stderr: "close" }), []);
    assertEquals(await numbers({ stderr: "close", fds: { 5: "close", 7: "null" } }), [0, 1, 7]);
  });
}

test("a copy is of what the other descriptor is in the end, in whichever order they are listed, and through others", async () => {
  const file = await Deno.makeTempFile();
  try {
    const script = "echo three >&3; echo five >&5; echo nine >&9";
    const options: SpawnOptions = { fds: { 3: { dup: 5 }, 5: { dup: 9 }, 9: { path: file, access: "append" } } };
    await run(["sh", "-c", script], options);
    assertEquals(await Deno.readTextFile(file), "three\nfive\nnine\n");
    // As in the shell's 3>&1 1>&2 2>&3, which exchanges the two.
    const { stdout, stderr } = await capture(["sh", "-c", "echo five >&5; echo err >&2"], { fds: { 5: { dup: 1 } } });
    assertEquals([stdout, stderr], ["five\n", "err\n"]);
  } finally {
    await Deno.remove(file);
  }
});

const WRONG: [what: string, options: SpawnOptions, text: string][] = [
  ["a copy of itself", { stderr: { dup: 2 } }, "Descriptor 2 would be a copy of itself"],
  ["two copies of one another", { stdout: { dup: 2 }, stderr: { dup: 1 } }, "would be a copy of itself"],
  ["a copy of what is not listed", { stderr: { dup: 9 } }, "Descriptor 2 cannot be a copy of 9, which is not listed"],
  ["a copy of what is closed", { stdin: "close", stdout: { dup: 0 } }, "cannot be a copy of 0"],
  ["a flag that there is not", { stdout: { path: "x", flags: ["O_FOO" as "O_EXCL"] } }, 'flags cannot be "O_FOO"'],
];

for (const [what, options, text] of WRONG) {
  test(`spawn() refuses ${what} before it opens anything`, () => {
    assertThrows(() => spawn(["true"], options), TypeError, text);
  });
}

test("FileRedirect: flags take the place of those that come with the access", async () => {
  const folder = await Deno.makeTempDir();
  const path = `${folder}/new`;
  try {
    await run(BOTH, { stdout: { path, flags: ["O_CREAT", "O_EXCL"], mode: 0o640 }, stderr: "null", umask: 0 });
    assertEquals(await Deno.readTextFile(path), "out\n");
    assert(((await Deno.stat(path)).mode! & 0o777) <= 0o640);
    const again = () => spawn(BOTH, { stdout: { path, flags: ["O_CREAT", "O_EXCL"] } });
    assertThrows(again, Deno.errors.AlreadyExists, `open "${path}": file exists (EEXIST, open)`);
    await run(["printf", "OUT"], { stdout: { path, flags: [] } });
    assertEquals(await Deno.readTextFile(path), "OUT\n");
    await Deno.symlink(path, `${folder}/link`);
    const link = () => spawn(BOTH, { stdout: { path: `${folder}/link`, flags: ["O_NOFOLLOW"] } });
    assertThrows(link, Error, "ELOOP");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
