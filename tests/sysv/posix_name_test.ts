import { posixName } from "../../lib/sysv/posix_name.ts";
import { PosixMessageQueue, PosixSemaphore, PosixSharedMemory } from "../../mod.ts";
import { assertEquals, assertThrows, test } from "../support/mod.ts";

const WRONG: unknown[] = ["", "/", "name", "//name", "/a/b", "/a/", "/.", "/..", "/a\0b", 7, undefined, null, ["/a"]];

test("posixName() takes a slash and a name without one", () => {
  for (const name of ["/a", "/a b", "/...", "/.a", "/ü", `/${"x".repeat(255)}`]) {
    assertEquals(posixName(name), name.slice(1));
  }
  for (const name of WRONG) assertThrows(() => posixName(name as string), TypeError, "begins with a slash");
});

test("posixName() counts bytes", () => {
  for (const name of [`/${"x".repeat(256)}`, `/${"ü".repeat(128)}`]) {
    assertThrows(() => posixName(name), RangeError, "at most 255 bytes after its slash, not 256");
  }
  assertEquals(posixName(`/${"x".repeat(251)}`, 4).length, 251);
  assertThrows(() => posixName(`/${"x".repeat(252)}`, 4), RangeError, "at most 251");
});

test("POSIX objects refuse what is no name, and what is too long, before any call", () => {
  const uses: ((name: string) => unknown)[] = [
    (name) => PosixMessageQueue.create(name),
    (name) => PosixMessageQueue.open(name),
    (name) => PosixMessageQueue.unlink(name),
    (name) => PosixSemaphore.create(name),
    (name) => PosixSemaphore.open(name),
    (name) => PosixSemaphore.unlink(name),
    (name) => PosixSharedMemory.create(name, 1),
    (name) => PosixSharedMemory.open(name),
    (name) => PosixSharedMemory.unlink(name),
  ];
  for (const use of uses) {
    for (const name of WRONG) assertThrows(() => use(name as string), TypeError);
    assertThrows(() => use(`/${"x".repeat(256)}`), RangeError);
  }
});

test("POSIX objects have names as long as may be", () => {
  const longest = `/${Deno.pid}`.padEnd(252, "x");
  {
    using semaphore = PosixSemaphore.create(longest);
    semaphore.unlink();
    using memory = PosixSharedMemory.create(`${longest}mmmm`, 1);
    memory.unlink();
    using queue = PosixMessageQueue.create(`${longest}qqqq`);
    queue.unlink();
  }
});
