import { ClosedError, PosixSharedMemory, struct, SyscallError } from "../../mod.ts";
import { assert, assertEquals, assertRejects, assertThrows, repository, test, within } from "../support/mod.ts";
import { namesIn, readProc } from "../support/proc.ts";
import { asleep, freshName, PEER, PosixPeer, said } from "./posix_peer.ts";

/** So that a mistake fails instead of hanging. */
const LIMIT = { timeout: 30_000 };
const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

test("PosixSharedMemory is read and written by all who map it, and listed in /dev/shm", () => {
  using memory = PosixSharedMemory.create(freshName(), 5_000, { mode: 0o640 });
  assertEquals([memory.created, memory.size, memory.readOnly], [true, 5_000, false]);
  assert(memory.read().every((byte) => byte === 0));
  assert(namesIn("/dev/shm").includes(memory.name.slice(1)));
  using same = PosixSharedMemory.open(memory.name, { readOnly: true });
  memory.write("hello", 4_990);
  assertEquals([text(same.read(5, 4_990)), same.readOnly], ["hello", true]);
  assertEquals(same.stat(), { size: 5_000, mode: 0o640, uid: Deno.uid()!, gid: Deno.gid()! });
  memory.unlink();
  assert(!namesIn("/dev/shm").includes(memory.name.slice(1)));
});

test("PosixSharedMemory that is only to be read throws instead of dying", () => {
  const name = freshName();
  using made = PosixSharedMemory.create(name, 8, { readOnly: true });
  using found = PosixSharedMemory.create(name, 8, { readOnly: true });
  for (const memory of [made, found]) {
    const uses = [
      () => memory.write("x"),
      () => memory.store(0, 1),
      () => memory.add(0, 1),
      () => memory.exchange(0, 1),
      () => memory.compareExchange(0, 0, 1),
    ];
    for (const use of uses) assertThrows(use, TypeError, `shared memory "${name}" is attached to be read only`);
    assertEquals([memory.load(0), memory.wake(0)], [0, 0]);
  }
  assertEquals([made.created, found.created], [true, false]);
  made.unlink();
});

test("PosixSharedMemory refuses what lies outside, and what comes after detach()", async () => {
  const memory = PosixSharedMemory.create(freshName(), 8);
  const outside = [
    () => memory.read(9),
    () => memory.read(1, 8),
    () => memory.read(1, -1),
    () => memory.write("x", 8),
    () => memory.load(8),
    () => memory.load(2),
    () => memory.store(5, 1),
    () => memory.wake(8),
  ];
  for (const use of outside) assertThrows(use, RangeError);
  const waiting = memory.wait(0, 0);
  memory.detach();
  memory.detach();
  await assertRejects(() => waiting, ClosedError);
  const uses = [() => memory.read(1), () => memory.write("x"), () => memory.load(0), () => memory.stat()];
  for (const use of uses) assertThrows(use, ClosedError);
  assert(!readProc("/proc/self/maps").includes(memory.name));
  memory.unlink();
});

test("PosixSharedMemory is as a C program sees it, and the other way round", async () => {
  await using peer = await PosixPeer.compile();
  const name = freshName();
  await peer.run("shm-create", name, 6_000);
  using memory = PosixSharedMemory.open(name);
  assertEquals([memory.size, memory.created], [6_000, false]);
  await peer.run("shm-write", name, "from C");
  assertEquals(text(memory.read(6)), "from C");
  memory.write("from here");
  assertEquals(await peer.run("shm-read", name, 9), "from here");
  memory.unlink();
}, PEER);

test("PosixSharedMemory.wait() and a C program wake each other by a word", async () => {
  await using peer = await PosixPeer.compile();
  using memory = PosixSharedMemory.create(freshName(), 8);
  using looking = PosixSharedMemory.open(memory.name, { readOnly: true });
  await using theirs = await peer.start("shm-await", memory.name, 0);
  await asleep(theirs);
  memory.store(0, 7);
  memory.wake(0);
  assertEquals(await said(theirs), ["7"]);
  const [word, other] = [memory.wait(0, 7, LIMIT), looking.wait(0, 7, { timeout: 30 })];
  await assertRejects(() => other, DOMException);
  await peer.run("shm-wake", memory.name, 8);
  assertEquals([await word, memory.load(0), await looking.wait(0, 7)], ["woken", 8, "different"]);
  memory.unlink();
}, PEER);

test("PosixSharedMemory is Python's too", async () => {
  const name = freshName();
  const python = async (script: string) => {
    const source = `import _posixshmem, mmap, os, sys\n${script}`;
    const { stdout } = await new Deno.Command("/usr/bin/python3", { args: ["-c", source, name] }).output();
    return text(stdout).trimEnd();
  };
  const open = (flags: string) => `fd = _posixshmem.shm_open(sys.argv[1], ${flags}, mode=0o600)\n`;
  await python(`${open("os.O_CREAT | os.O_RDWR")}os.ftruncate(fd, 64)\nm = mmap.mmap(fd, 0)\nm[:5] = b'snake'`);
  using memory = PosixSharedMemory.open(name);
  assertEquals([memory.size, text(memory.read(5))], [64, "snake"]);
  memory.write("vasty");
  assertEquals(await python(`${open("os.O_RDONLY")}print(mmap.mmap(fd, 0, prot=mmap.PROT_READ)[:5])`), "b'vasty'");
  memory.unlink();
}, { needs: ["python3"] });

test("PosixSharedMemory that is unlinked goes on for those who have it, and stat() tells", () => {
  const name = freshName();
  using memory = PosixSharedMemory.create(name, 4);
  using same = PosixSharedMemory.open(name);
  memory.unlink();
  memory.store(0, 5);
  assertEquals(same.load(0), 5);
  for (const again of [false, true]) {
    using other = again ? PosixSharedMemory.create(name, 4, { exclusive: true }) : undefined;
    const error = assertThrows(() => memory.stat(), SyscallError);
    assertEquals([error.code, error.path, other?.load(0) ?? 0], ["ENOENT", name, 0]);
    other?.unlink();
  }
});

test("PosixSharedMemory.wait() that is given up ends within 50 ms", async () => {
  using memory = PosixSharedMemory.create(freshName(), 4);
  memory.unlink();
  const abort = new AbortController();
  const waiting = memory.wait(0, 0, { signal: abort.signal });
  const start = performance.now();
  abort.abort();
  await assertRejects(() => waiting, DOMException);
  assert(performance.now() - start < within(50));
  assertThrows(() => memory.waitSync(0, 0, { timeout: 20 }), DOMException);
});

test("PosixSharedMemory.view() is the memory itself, up to detach(), where all of ffi is granted", async () => {
  const name = freshName();
  using memory = PosixSharedMemory.create(name, 4_100);
  assertThrows(() => memory.view(), Deno.errors.NotCapable);
  const program = repository("tests/sysv/programs/posix_view.ts");
  const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-prompt", "--quiet", "--allow-ffi", program, name],
  }).output();
  assertEquals([text(stderr), text(stdout)], ["", "4100 9 0\nTypeError\n"]);
  assertEquals([memory.load(4_096), text(memory.read(4))], [9, "view"]);
  memory.unlink();
});

test("PosixSharedMemory.struct() lays a structure over it", () => {
  const Point = struct({ x: "f64", y: "i32" });
  using memory = PosixSharedMemory.create(freshName(), Point.size);
  using same = PosixSharedMemory.open(memory.name, { readOnly: true });
  memory.unlink();
  Object.assign(memory.struct(Point), { x: 1.5, y: -7 });
  const point = same.struct(Point);
  assertEquals([point.x, point.y], [1.5, -7]);
  assertThrows(() => point.x = 2, TypeError, "read only");
});
