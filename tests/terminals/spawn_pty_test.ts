import { denoSource, EMULATED } from "../support/mod.ts";
import { type Command, run } from "../../lib/processes/mod.ts";
import { spawnPty, type SpawnPtyOptions } from "../../lib/terminals/mod.ts";
import { assert, assertEquals, assertThrows, test } from "../support/mod.ts";
import { numbers } from "../support/proc.ts";
import { Screen } from "./programs/screen.ts";

const ROOT_ONLY = (Deno.uid() !== 0 || EMULATED) && "only root may do it";

/** All that a program shows. */
async function shown(command: Command, options: SpawnPtyOptions = {}): Promise<string> {
  await using child = spawnPty(command, options);
  return await new Screen(child).all();
}

test("spawnPty(): tty(1) and /dev/tty are the terminal, of a session of its own", async () => {
  await using child = spawnPty(["sh", "-c", "tty; echo there >/dev/tty; ps -o pid=,pgid=,sid=,tpgid= -p $$"]);
  const [tty, there, ids] = (await new Screen(child).all()).split("\r\n");
  assertEquals([tty, there], [child.path, "there"]);
  assertEquals(ids!.trim().split(/\s+/).map(Number), Array(4).fill(child.pid));
}, { needs: ["ps"] });

test("spawnPty(): the terminal's kind is in the environment, unless that says otherwise", async () => {
  const command = ["sh", "-c", 'echo "$TERM $OTHER"'];
  assertEquals(await shown(command), "xterm-256color \r\n");
  assertEquals(await shown(command, { env: { OTHER: "1" } }), "xterm-256color 1\r\n");
  assertEquals(await shown(command, { env: { TERM: "vt100" } }), "vt100 \r\n");
  assertEquals(await shown(["/usr/bin/env"], { clearEnv: true }), "TERM=xterm-256color\r\n");
});

test("spawnPty(): directory, name, mask and signals are as for spawn()", async () => {
  const command = ["sh", "-c", "pwd; umask; echo $0; exec grep SigBlk /proc/self/status"];
  const text = await shown(command, { cwd: "/tmp", umask: 0o27, argv0: "sh", blockedSignals: ["USR1"] });
  assertEquals(text.split("\r\n").slice(0, 2), ["/tmp", "0027"]);
  assert(EMULATED || text.includes("0000000000000200"), text);
});

test("spawnPty(): another user has the terminal, by /dev/tty and by its path", async () => {
  const source = 'id -u; stat -c %u "$(tty)"; echo one >/dev/tty; echo two >"$(tty)"; echo three </dev/tty';
  const identity = { user: 65534, group: 65534, groups: [] };
  assertEquals(await shown(["sh", "-c", source], identity), "65534\r\n65534\r\none\r\ntwo\r\nthree\r\n");
}, { skip: ROOT_ONLY });

test("spawnPty(): within another root it is the terminal still", async () => {
  const root = await Deno.makeTempDir();
  try {
    await run(["sh", "-c", 'cp "$(command -v busybox)" "$1/busybox"', "sh", root]);
    assertEquals(await shown(["/busybox", "stty", "size"], { chroot: root, rows: 3, cols: 4 }), "3 4\r\n");
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}, { needs: ["busybox"], skip: ROOT_ONLY });

test("spawnPty(): a descriptor that was given is not the terminal, the others are", async () => {
  await using child = spawnPty(["sh", "-c", "echo out; echo err >&2; tty </dev/tty >&2"], { stdout: "piped" });
  const [out, screen] = await Promise.all([new Response(child.child.stdout).text(), new Screen(child).all()]);
  assertEquals([out, screen], ["out\n", "err\r\n/dev/tty\r\n"]);
});

test("spawnPty(): with none of the three the terminal is the controlling one all the same", async () => {
  const options = { stdin: "null", stdout: "piped", stderr: "null", fds: { 3: "null" } } as const;
  await using child = spawnPty(["sh", "-c", "echo screen >/dev/tty; ls -l /proc/$$/fd/4 | sed 's/.* //'"], options);
  const [out, screen] = await Promise.all([new Response(child.child.stdout).text(), new Screen(child).all()]);
  assertEquals([out, screen], [`${child.path}\n`, "screen\r\n"]);
}, { skip: EMULATED && "the emulator has descriptors of its own" });

test("spawnPty(): what cannot be started leaves nothing", () => {
  const before = numbers("/proc/self/fd").length;
  assertThrows(() => spawnPty(["no-such-program"]), Deno.errors.NotFound, "no-such-program");
  assertThrows(() => spawnPty([]), TypeError, "A command is an array");
  assertThrows(() => spawnPty(["true"], { cwd: "/none" }), Deno.errors.NotFound, "/none");
  assertThrows(() => spawnPty(["true"], { umask: -1 }), RangeError, "umask");
  assertThrows(() => spawnPty(["true"], { cols: -1 }), RangeError, "cols");
  assertThrows(() => spawnPty(["true"], { signal: AbortSignal.abort() }), DOMException);
  assertEquals(numbers("/proc/self/fd").length, before);
});

test("spawnPty(): a program needs permission to run", async () => {
  const source = `
    import { openPty, spawnPty } from "vasty/mod.ts";
    openPty().close();
    try {
      spawnPty(["true"]);
    } catch (error) {
      console.log(error.name);
    }`;
  assertEquals((await denoSource(source)).stdout, "NotCapable\n");
});
