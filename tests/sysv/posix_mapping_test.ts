import { FCNTL } from "../../ffi/abi/fcntl.ts";
import { bind } from "../../ffi/bind.ts";
import { open } from "../../ffi/fcntl.ts";
import { cString } from "../../ffi/memory.ts";
import { mkfifo } from "../../ffi/sys_stat.ts";
import { close } from "../../ffi/unistd.ts";
import { createMapping, memoryPath, openMapping } from "../../lib/sysv/posix_mapping.ts";
import { PosixSharedMemory, SyscallError } from "../../mod.ts";
import { assert, assertEquals, assertMatch, assertThrows, denoSource, EMULATED, test } from "../support/mod.ts";
import { namesIn } from "../support/proc.ts";
import { injecting, noPtrace } from "../support/strace.ts";
import { opened } from "../support/opened.ts";
import { freshName } from "./posix_peer.ts";

const symlink = bind("symlink", ["buffer", "buffer"], "int");
const mkdir = bind("mkdir", ["buffer", "int"], "int");
const rmdir = bind("rmdir", ["buffer"], "int");

const pathOf = (name: string) => memoryPath(name.slice(1));

/** As a C program does before it gives it a size. */
function emptyMemory(name: string): void {
  close(open(cString(pathOf(name)), FCNTL.O_RDWR | FCNTL.O_CREAT | FCNTL.O_EXCL | FCNTL.O_CLOEXEC, 0o600));
}

test("PosixSharedMemory.create() keeps no descriptor open", () => {
  const before = opened();
  using memory = PosixSharedMemory.create(freshName(), 10_000);
  using same = PosixSharedMemory.open(memory.name, { readOnly: true });
  assertEquals([opened(), same.size], [before, 10_000]);
  memory.unlink();
});

test("PosixSharedMemory.create() takes what is there if it is long enough", () => {
  const name = freshName();
  using memory = PosixSharedMemory.create(name, 100);
  using longer = PosixSharedMemory.create(name, 50);
  assertEquals(longer.size, 100);
  const error = assertThrows(() => PosixSharedMemory.create(name, 101), SyscallError);
  assertEquals([error.code, error.path], ["EINVAL", name]);
  assertMatch(error.message, /^Cannot map 101 bytes of shared memory ".*", which has 100: .*\(EINVAL, mmap\)$/);
  for (const size of [0, -1, 1.5, NaN, 2 ** 60]) assertThrows(() => PosixSharedMemory.create(name, size), RangeError);
  memory.unlink();
});

test("PosixSharedMemory that has no size yet gets one by create(), and is refused by open()", () => {
  const name = freshName();
  emptyMemory(name);
  const refusals = [
    () => PosixSharedMemory.open(name),
    () => PosixSharedMemory.open(name, { readOnly: true }),
    () => PosixSharedMemory.create(name, 10, { readOnly: true }),
  ];
  for (const use of refusals) {
    const error = assertThrows(use, SyscallError);
    assertEquals([error.code, error.message.includes("which has no size yet")], ["EINVAL", true]);
  }
  using memory = PosixSharedMemory.create(name, 10);
  assertEquals([memory.created, memory.size, [...memory.read()]], [false, 10, new Array(10).fill(0)]);
  memory.unlink();
});

test("PosixSharedMemory.create() of more than there is says so, and leaves nothing", () => {
  const name = freshName();
  const before = namesIn("/dev/shm");
  // More than /dev/shm can hold; the last is more than a file can.
  for (const size of [2 ** 50, 2 ** 53 - 1]) {
    const error = assertThrows(() => PosixSharedMemory.create(name, size), SyscallError);
    assert(["ENOSPC", "ENOMEM", "EFBIG"].includes(error.code), error.message);
    assertEquals([error.syscall, error.path], ["posix_fallocate", name]);
  }
  assertEquals(namesIn("/dev/shm"), before);
});

test("PosixSharedMemory does not follow links, and maps nothing but memory", () => {
  const name = freshName();
  const path = cString(pathOf(name));
  symlink(cString("/etc/hostname"), path);
  assertEquals(assertThrows(() => PosixSharedMemory.open(name), SyscallError).code, "ELOOP");
  assertEquals(assertThrows(() => PosixSharedMemory.create(name, 1), SyscallError).code, "ELOOP");
  PosixSharedMemory.unlink(name);
  mkfifo(path, 0o600);
  for (const readOnly of [false, true]) {
    const error = assertThrows(() => PosixSharedMemory.open(name, { readOnly }), SyscallError);
    assertEquals([error.code, error.message.includes("which is a FIFO")], ["EINVAL", true]);
  }
  PosixSharedMemory.unlink(name);
  mkdir(path, 0o700);
  assertEquals(assertThrows(() => PosixSharedMemory.open(name), SyscallError).code, "EISDIR");
  assertEquals(assertThrows(() => openMapping(name, { readOnly: true }), SyscallError).code, "EINVAL");
  assertEquals(assertThrows(() => createMapping(name, 1, { exclusive: true }), SyscallError).code, "EEXIST");
  rmdir(path);
});

for (
  const [call, error, expected] of [
    ["fallocate", "ENOSPC", /^Cannot reserve 100 bytes for shared memory ".*": .*\(ENOSPC, posix_fallocate\)\n/],
    ["fallocate", "EINTR:when=1..3", /^made\n/],
    ["fchmod", "EIO", /^Cannot set the mode of shared memory ".*": .*\(EIO, fchmod\)\n/],
  ] as const
) {
  test(`PosixSharedMemory.create() where ${call} says ${error}`, async () => {
    const name = freshName();
    const { stdout } = await denoSource(
      `import { PosixSharedMemory } from "vasty/mod.ts";
      try { PosixSharedMemory.create("${name}", 100).unlink(); console.log("made"); } catch (error) { console.log(error.message); }`,
      { under: injecting(`${call}:error=${error}`) },
    );
    assertMatch(stdout, expected);
    assertThrows(() => PosixSharedMemory.open(name), Deno.errors.NotFound);
  }, { needs: ["strace"], skip: noPtrace() });
}

test("PosixSharedMemory.create() by many at once: one has made it, and all have it whole", async () => {
  const name = freshName();
  const source = `import { PosixSharedMemory } from "vasty/mod.ts";
    using memory = PosixSharedMemory.create("${name}", 8);
    memory.add(memory.created ? 0 : 4, 1);
    console.log(memory.size);`;
  const ended = await Promise.all(Array.from({ length: EMULATED ? 2 : 6 }, () => denoSource(source)));
  assertEquals(ended.map(({ stdout, stderr }) => stdout + stderr), ended.map(() => "8\n"));
  using memory = PosixSharedMemory.open(name);
  assertEquals([memory.load(0), memory.load(4)], [1, ended.length - 1]);
  memory.unlink();
});
