import { ClosedError, IPC_PRIVATE, SharedMemory, SyscallError } from "../../mod.ts";
import { assert, assertEquals, assertThrows, denoSource, test } from "../support/mod.ts";
import { perl, python } from "./foreign.ts";

const KEY = 0x8d5a_0001;
const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

/** The line of ipcs(1) about the memory with this id, without its id and what follows the attachments. */
async function ipcs(id: number): Promise<string[] | undefined> {
  const { stdout } = await new Deno.Command("ipcs", { args: ["-m"] }).output();
  const lines = text(stdout).split("\n").map((line) => line.trim().split(/\s+/));
  return lines.find((line) => line[1] === `${id}`);
}

test("SharedMemory.create() makes memory of zeros that open() and fromId() find, and ipcs shows", async () => {
  using memory = SharedMemory.create(KEY, 5_000, { mode: 0o640 });
  assertEquals([memory.key, memory.size, memory.created, memory.readOnly, memory.closed], [
    KEY,
    5_000,
    true,
    false,
    false,
  ]);
  assert(memory.read().every((byte) => byte === 0));
  const line = await ipcs(memory.id);
  assertEquals([line?.[0], ...line?.slice(3, 6) ?? []], ["0x8d5a0001", "640", "5000", "1"]);
  memory.write("hello");
  using found = SharedMemory.open(KEY);
  using same = SharedMemory.fromId(memory.id, { readOnly: true });
  using again = SharedMemory.create(KEY, 4_000);
  for (const one of [found, same, again]) {
    assertEquals([one.id, one.key, one.size, one.created, text(one.read(5))], [memory.id, KEY, 5_000, false, "hello"]);
  }
  assertEquals(memory.stat().attached, 4);
  memory.remove();
}, { needs: ["ipcs"] });

test("SharedMemory.create() refuses what is there already if it is to be exclusive, or is too short", () => {
  using memory = SharedMemory.create(KEY, 100, { exclusive: true });
  const there = assertThrows(() => SharedMemory.create(KEY, 100, { exclusive: true }), SyscallError);
  assertEquals([there.message, there.key, there instanceof Deno.errors.AlreadyExists], [
    "Cannot create shared memory 0x8d5a0001: file exists (EEXIST, shmget)",
    KEY,
    true,
  ]);
  const short = assertThrows(() => SharedMemory.create(KEY, 101), SyscallError);
  assertEquals(
    short.message,
    "Cannot open at least 101 bytes of shared memory 0x8d5a0001: invalid argument (EINVAL, shmget)",
  );
  memory.remove();
});

test("SharedMemory refuses sizes, keys, ids and modes that are none, before it asks the system", () => {
  for (const size of [0, -1, 1.5, NaN, Infinity, 2 ** 60]) {
    assertThrows(() => SharedMemory.create(KEY, size), RangeError, "size is an integer from 1 on");
  }
  for (const key of [2 ** 32, 0.5]) assertThrows(() => SharedMemory.create(key, 1), RangeError, "A key is");
  assertThrows(() => SharedMemory.create(KEY, 1, { mode: 0o1000 }), RangeError, "mode must be");
  for (const id of [-1, 2 ** 31, 0.5]) assertThrows(() => SharedMemory.fromId(id), RangeError, "An id is");
  assertThrows(() => SharedMemory.open(IPC_PRIVATE), RangeError, "found by its id");
});

test("SharedMemory.open() and fromId() name what is not there", () => {
  const key = assertThrows(() => SharedMemory.open(KEY), SyscallError);
  assertEquals([key.message, key instanceof Deno.errors.NotFound], [
    "Cannot open shared memory 0x8d5a0001: no such file or directory (ENOENT, shmget)",
    true,
  ]);
  const id = assertThrows(() => SharedMemory.fromId(2 ** 31 - 1), SyscallError);
  assertEquals(id.message, "Cannot attach shared memory of id 2147483647: invalid argument (EINVAL, shmat)");
  const large = assertThrows(() => SharedMemory.create(IPC_PRIVATE, 2 ** 52), SyscallError);
  assertEquals([large.syscall, ["EINVAL", "ENOMEM", "ENOSPC"].includes(large.code)], ["shmget", true]);
});

test("SharedMemory.remove() leaves the memory to who has it, and a new one takes its key", () => {
  using memory = SharedMemory.create(KEY, 10);
  memory.write("old");
  memory.remove();
  memory.remove();
  const { destroyed, key, attached } = memory.stat();
  assertEquals([destroyed, key, attached, text(memory.read(3))], [true, 0, 1, "old"]);
  using next = SharedMemory.create(KEY, 20, { noReserve: true });
  assertEquals([next.created, next.id === memory.id, next.read(3)], [true, false, new Uint8Array(3)]);
  next.remove();
});

test("SharedMemory.detach() twice is safe, and nothing can be done afterwards", async () => {
  const memory = SharedMemory.create(IPC_PRIVATE, 16);
  using other = SharedMemory.fromId(memory.id);
  memory.detach();
  memory.detach();
  assertEquals([memory.closed, other.stat().attached], [true, 1]);
  const uses = [
    () => memory.read(),
    () => memory.readInto(new Uint8Array(1)),
    () => memory.write("x"),
    () => memory.view(),
    () => memory.load(0),
    () => memory.store(0, 1),
    () => memory.wake(0),
    () => memory.waitSync(0, 0),
    () => memory.stat(),
    () => memory.set({}),
    () => memory.remove(),
    () => memory.lockPages(),
    () => memory.address,
  ];
  for (const use of uses) assertThrows(use, ClosedError, `The shared memory of id ${memory.id} has been detached`);
  const error = await memory.wait(0, 0).catch((error) => error);
  assert(error instanceof ClosedError);
  other.remove();
});

test("SharedMemory of Perl is read here, and written for Perl", async () => {
  const id = Number(await perl(`print shmget(${KEY | 0}, 2000, 0600 | 01000)`));
  try {
    assertEquals(await perl("shmwrite($ARGV[0], 'Message #1', 0, 60) || die $!", id), "");
    using memory = SharedMemory.open(KEY);
    assertEquals([memory.id, memory.size, text(memory.read(12))], [id, 2_000, "Message #1\0\0"]);
    memory.write("from Deno: Grüße");
    const read = "shmread($ARGV[0], my $b, 11, 7) || die $!; print $b";
    assertEquals(await perl(read, id), "Grüße");
  } finally {
    await perl("shmctl($ARGV[0], 0, 0) || die $!", id);
  }
}, { needs: ["perl"] });

test("SharedMemory of Python is read here, and written for Python", async () => {
  await python("m = sysv_ipc.SharedMemory(int(a[0]), sysv_ipc.IPC_CREX, 0o600, 4096); m.write(b'python')", KEY);
  using memory = SharedMemory.open(KEY);
  assertEquals(text(memory.read(6)), "python");
  memory.write("deno", 4_092);
  assertEquals(await python("m = sysv_ipc.SharedMemory(int(a[0])); print(m.read(4, 4092))", KEY), "b'deno'\n");
  memory.remove();
}, { needs: ["sysv_ipc"] });

test("SharedMemory of the program on the other side is there under ffi for libc alone, and outlives it", async () => {
  const source = `
    import { SharedMemory } from "vasty/mod.ts";
    const memory = SharedMemory.create(${KEY}, 64);
    memory.write("left behind");
    try { memory.view(); } catch (error) { console.log(error.name); }`;
  const { stdout, stderr } = await denoSource(source);
  assertEquals([stderr, stdout], ["", "NotCapable\n"]);
  using memory = SharedMemory.open(KEY, { readOnly: true });
  assertEquals(text(memory.read(11)), "left behind");
  memory.remove();
});
