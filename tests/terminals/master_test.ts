import { FCNTL } from "../../ffi/abi/fcntl.ts";
import { fcntl } from "../../ffi/fcntl.ts";
import { pipe } from "../../lib/pipes/mod.ts";
import { openMaster, openSlave } from "../../lib/terminals/master.ts";
import { assertEquals, assertThrows, denoSource, EMULATED, test } from "../support/mod.ts";
import { linkOf } from "../support/proc.ts";

test("openMaster() and openSlave(): close-on-exec, above the standard three, one another's sides", () => {
  const { master, path } = openMaster();
  using _master = master;
  using slave = openSlave(master, path);
  for (const { number } of [master, slave]) {
    assertEquals([number > 2, fcntl(number, FCNTL.F_GETFD, 0)], [true, FCNTL.FD_CLOEXEC]);
  }
  assertEquals(fcntl(master.number, FCNTL.F_GETFL, 0) & FCNTL.O_NONBLOCK, FCNTL.O_NONBLOCK);
  assertEquals(fcntl(slave.number, FCNTL.F_GETFL, 0) & FCNTL.O_NONBLOCK, 0);
  assertEquals(linkOf(`/proc/self/fd/${slave.number}`), path);
});

test("openSlave(): where the master is not asked for it, it is opened by its path", () => {
  const { master, path } = openMaster();
  using _master = master;
  const { reader, writer } = pipe();
  using unable = reader;
  writer.close();
  using slave = openSlave(unable, path);
  assertEquals(linkOf(`/proc/self/fd/${slave.number}`), path);
  assertThrows(() => openSlave(unable, "/dev/pts/none"), Deno.errors.NotFound, 'open terminal "/dev/pts/none"');
});

/** Opens terminals until that fails, closes them, and does it again. */
const UNTIL_FULL = `
  import { openPty } from "vasty/mod.ts";
  for (let round = 0; round < 2; round++) {
    const all = [];
    try {
      for (;;) all.push(openPty());
    } catch (error) {
      console.log(all.length, error.code, error.message);
    }
    for (const pty of all) pty.close();
  }`;

test("openPty(): when all terminals are in use is a clear error, and they can be had again", async () => {
  // A devpts of its own, with four.
  const mounts = "mount -t devpts -o newinstance,max=4,ptmxmode=0666 devpts /dev/pts && " +
    'mount --bind /dev/pts/ptmx /dev/ptmx && exec "$@"';
  const ended = await denoSource(UNTIL_FULL, { under: ["unshare", "-m", "sh", "-c", mounts, "sh"] });
  const line = "4 ENOSPC Cannot open a pseudo-terminal, as all that /proc/sys/kernel/pty/max allows are in use: " +
    "no space left on device (ENOSPC, posix_openpt)\n";
  assertEquals(ended.stdout + ended.stderr, line + line);
}, { needs: ["unshare", "mount"], skip: (Deno.uid() !== 0 || EMULATED) && "only root may mount" });

test("openPty(): too many descriptors are an error, and leave nothing", async () => {
  const { stdout, stderr } = await denoSource(UNTIL_FULL, { under: ["prlimit", "--nofile=100"] });
  assertEquals(stderr, "");
  const [first, second] = stdout.trim().split("\n");
  assertEquals(first, second);
  assertEquals(
    /^\d+ EMFILE Cannot open a pseudo-terminal: too many open files \(EMFILE, posix_openpt\)$/.test(first!),
    true,
  );
}, { needs: ["prlimit"], skip: EMULATED && "the emulator has descriptors of its own" });
