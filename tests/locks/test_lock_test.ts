import { flock, type LockHolder, lockHolders, lockRange, SyscallError, testLock } from "../../mod.ts";
import { assertEquals, assertThrows, denoSource, test } from "../support/mod.ts";
import { until } from "../pipes/fifo_folder.ts";
import { LockFolder } from "./lock_folder.ts";

test("testLock() tells the process of lockf's locks, and takes nothing", async () => {
  using folder = new LockFolder();
  await using peer = await folder.heldBy("lockf");
  const holder: LockHolder = { kind: "posix", mode: "exclusive", pid: peer.child.pid, start: 100, length: 10 };
  assertEquals(testLock(folder.path, "shared"), holder);
  assertEquals(testLock(new URL(`file://${folder.path}`), "exclusive", { start: 109, length: 1 }), holder);
  assertEquals(testLock(folder.path, "exclusive", { length: 100 }), undefined);
  assertEquals(lockHolders(folder.path), [holder]);
}, { needs: ["python3"] });

test("testLock() of a shared lock is in the way of an exclusive one alone", async () => {
  using folder = new LockFolder();
  await using peer = await folder.heldBy("shared lockf");
  assertEquals(testLock(folder.path, "shared"), undefined);
  assertEquals(testLock(folder.path, "exclusive")?.pid, peer.child.pid);
}, { needs: ["python3"] });

test("testLock() and lockHolders() of a descriptor leave it and its locks alone", async () => {
  using folder = new LockFolder();
  using lock = await lockRange(folder.path, "exclusive", { length: 3 });
  assertEquals(testLock(lock.fd, "exclusive"), undefined);
  assertEquals(lockHolders(lock.fd)?.map(({ kind, length }) => [kind, length]), [["ofd", 3]]);
  assertEquals([lock.fd.closed, folder.locks.length], [false, 1]);
});

test("lockHolders() lists all who share", async () => {
  using folder = new LockFolder();
  using _one = await flock(folder.path, "shared");
  using _other = await flock(folder.path, "shared");
  assertEquals(lockHolders(folder.path)?.map(({ mode, pid }) => [mode, pid]), [["shared", Deno.pid], [
    "shared",
    Deno.pid,
  ]]);
});

test("testLock() and lockHolders() make no file, and refuse wrong arguments", () => {
  using folder = new LockFolder();
  const path = `${folder.folder}/never`;
  for (const look of [testLock, lockHolders]) {
    const error = assertThrows(() => look(path, "shared"), SyscallError);
    assertEquals([error.code, error.message.startsWith(`Cannot see the locks of "${path}": `)], ["ENOENT", true]);
    assertThrows(() => look(path + "\0", "shared"), TypeError);
  }
  assertThrows(() => testLock(folder.path, "write" as "shared"), TypeError);
  assertThrows(() => testLock(folder.path, "shared", { start: -1 }), RangeError);
  assertEquals([...Deno.readDirSync(folder.folder)].map(({ name }) => name), ["lock"]);
});

test("lockHolders() of a lock that is let go is empty", async () => {
  using folder = new LockFolder();
  await using peer = await folder.heldBy("perl");
  assertEquals(lockHolders(folder.path)?.map(({ kind, mode, pid }) => [kind, mode, pid]), [
    ["flock", "exclusive", peer.child.pid],
  ]);
  await peer.write("\n");
  await peer.says("FREE");
  await until(() => lockHolders(folder.path)!.length === 0);
}, { needs: ["perl"] });

test("lockHolders() and the TimeoutError of flock() tell who it is with permission to read /proc/locks alone", async () => {
  using folder = new LockFolder();
  using _held = await flock(folder.path, "exclusive");
  const source = `import { flockSync, lockHolders } from "vasty/mod.ts"; const path = ${JSON.stringify(folder.path)};
    const pids = lockHolders(path)?.map(({ pid }) => pid);
    try { flockSync(path, "shared", { timeout: 1, readOnly: true }); }
    catch (error) { console.log(JSON.stringify([pids ?? "unknown", error.message])); }`;
  const message = `Timed out after 1 ms: the lock of "${folder.path}" is held`;
  for (
    const [read, said] of [[folder.path, ["unknown", message]], [
      `${folder.path},/proc/locks`,
      [[Deno.pid], `${message} by process ${Deno.pid}`],
    ]] as const
  ) {
    const { stdout, stderr } = await denoSource(source, { flags: [`--allow-read=${read}`] });
    assertEquals([stderr, JSON.parse(stdout)], ["", said]);
  }
});
