import { ERRNO } from "../../ffi/abi/errno.ts";
import { FCNTL } from "../../ffi/abi/fcntl.ts";
import { bind } from "../../ffi/bind.ts";
import { newPipe } from "../../ffi/descriptors.ts";
import { EpollSet } from "../../ffi/epoll_set.ts";
import { open } from "../../ffi/fcntl.ts";
import { cString } from "../../ffi/memory.ts";
import { READABLE, WRITABLE } from "../../ffi/reactor.ts";
import { epoll_wait } from "../../ffi/sys_epoll.ts";
import { close, read, write } from "../../ffi/unistd.ts";
import { assert, assertEquals, test } from "../support/mod.ts";

const BYTE = Uint8Array.of(1);

/** A set of its own with what has fired, in words. */
class Watched extends EpollSet implements Disposable {
  readonly fired: string[] = [];

  /** An interest that notes its name when it fires. */
  interest(name: string, fd: number, events: number) {
    const fired = (events: number) => void this.fired.push(events < 0 ? `${name}: ${events}` : name);
    return { fd, events, fired };
  }

  /** Wait for `fd`; the result of add(). */
  watch(name: string, fd: number, events: number): number {
    return this.add(this.interest(name, fd, events));
  }

  /** What fires now. */
  now(): string[] {
    this.poll();
    return this.fired.splice(0);
  }

  [Symbol.dispose](): void {
    close(this.fd);
    this.events.free();
  }
}

/** Descriptors that are closed at the end of the block. */
class Open implements Disposable {
  readonly fds: Set<number> = new Set();
  pipe(): [number, number] {
    const ends = newPipe() as [number, number];
    ends.forEach((fd) => this.fds.add(fd));
    return ends;
  }
  /** A connected pair of stream sockets. */
  pair(): [number, number] {
    const ends = new Int32Array(2);
    assertEquals(bind("socketpair", ["int", "int", "int", "buffer"], "int")(1, 1, 0, ends), 0);
    ends.forEach((fd) => this.fds.add(fd));
    return [ends[0]!, ends[1]!];
  }
  close(fd: number): void {
    this.fds.delete(fd);
    close(fd);
  }
  [Symbol.dispose](): void {
    this.fds.forEach((fd) => close(fd));
  }
}

test("EpollSet serves several waiters for one descriptor, each once", () => {
  using set = new Watched();
  using files = new Open();
  const [reader, writer] = files.pipe();
  for (const name of ["one", "two"]) assertEquals(set.watch(name, reader, READABLE), 0);
  assertEquals(set.now(), []);
  write(writer, BYTE, 1);
  assertEquals(set.now(), ["one", "two"]);
  assertEquals(set.now(), []);
  set.watch("three", reader, READABLE);
  assertEquals(set.now(), ["three"]);
});

test("EpollSet serves a reader and a writer of one socket apart", () => {
  using set = new Watched();
  using files = new Open();
  const [mine, theirs] = files.pair();
  set.watch("read", mine, READABLE);
  set.watch("write", mine, WRITABLE);
  assertEquals(set.now(), ["write"]);
  assertEquals(set.now(), []);
  write(theirs, BYTE, 1);
  assertEquals(set.now(), ["read"]);
});

test("EpollSet does not fire who was removed, and goes on for the others", () => {
  using set = new Watched();
  using files = new Open();
  const [reader, writer] = files.pipe();
  const gone = set.interest("gone", reader, READABLE);
  set.add(gone);
  set.watch("stays", reader, READABLE);
  set.remove(gone);
  set.remove(gone);
  write(writer, BYTE, 1);
  assertEquals(set.now(), ["stays"]);
});

test("EpollSet ends every wait with an error or a hang-up", () => {
  using set = new Watched();
  using files = new Open();
  const [reader, writer] = files.pipe();
  set.watch("read", reader, READABLE);
  files.close(writer);
  assertEquals(set.now(), ["read"]);
  const [otherReader, otherWriter] = files.pipe();
  while (write(otherWriter, new Uint8Array(4096), 4096) > 0 && set.watch("full", otherWriter, WRITABLE) === 0) {
    // Once a page does not fit any more the waiter stays.
    if (set.now().length === 0) break;
  }
  files.close(otherReader);
  assertEquals(set.now(), ["full"]);
});

test("EpollSet serves a descriptor that was closed and opened again with the same number", () => {
  using set = new Watched();
  using files = new Open();
  const [reader] = files.pipe();
  set.watch("old", reader, READABLE);
  set.forget(reader);
  files.close(reader);
  const [again, writer] = files.pipe();
  assertEquals(again, reader);
  assertEquals(set.watch("new", again, READABLE), 0);
  assertEquals(set.fired.splice(0), [`old: ${-ERRNO.EBADF}`]);
  assertEquals(set.now(), []);
  write(writer, BYTE, 1);
  assertEquals(set.now(), ["new"]);
});

test("EpollSet serves such a descriptor even if nobody said that it was closed", () => {
  using set = new Watched();
  using files = new Open();
  const [reader] = files.pipe();
  set.watch("old", reader, READABLE);
  files.close(reader);
  const [again, writer] = files.pipe();
  assertEquals(set.watch("new", again, READABLE), 0);
  write(writer, BYTE, 1);
  assert(set.now().includes("new"));
});

test("EpollSet fires nobody for an event that was on its way when its file was closed", () => {
  using set = new Watched();
  using files = new Open();
  const [reader, writer] = files.pipe();
  set.watch("old", reader, READABLE);
  write(writer, BYTE, 1);
  // As the reactor's thread does it: the event has been taken, and not yet been handed out.
  assertEquals(epoll_wait(set.fd, set.events.address, set.batch, 0), 1);
  set.forget(reader);
  [reader, writer].forEach((fd) => files.close(fd));
  const [again, otherWriter] = files.pipe();
  assertEquals(again, reader);
  set.watch("new", again, READABLE);
  set.fired.splice(0);
  set.dispatch(1);
  assertEquals(set.fired, []);
  write(otherWriter, BYTE, 1);
  assertEquals(set.now(), ["new"]);
});

test("EpollSet.forget() ends every wait with -EBADF", () => {
  using set = new Watched();
  using files = new Open();
  const [reader, writer] = files.pipe();
  set.watch("one", reader, READABLE);
  set.watch("two", reader, READABLE);
  set.forget(reader);
  set.forget(writer);
  assertEquals(set.fired.splice(0), [`one: ${-ERRNO.EBADF}`, `two: ${-ERRNO.EBADF}`]);
  write(writer, BYTE, 1);
  assertEquals(set.now(), []);
});

test("EpollSet.add() says what cannot be waited for, and keeps nothing of it", () => {
  using set = new Watched();
  using files = new Open();
  const file = open(cString("/proc/self/status"), FCNTL.O_RDONLY | FCNTL.O_CLOEXEC, 0);
  files.fds.add(file);
  assertEquals(set.watch("file", file, READABLE), -ERRNO.EPERM);
  assertEquals(set.watch("none", 1_000_000, READABLE), -ERRNO.EBADF);
  set.forget(file);
  assertEquals(set.now(), []);
});

test("EpollSet.dispatch() serves more descriptors than one call brings, and waiters that others begin", () => {
  using set = new Watched();
  using files = new Open();
  const pipes = Array.from({ length: 100 }, () => files.pipe());
  for (const [reader, writer] of pipes) {
    const inner = set.interest("again", reader, READABLE);
    set.add({ fd: reader, events: READABLE, fired: () => set.fired.push("once") && set.add(inner) });
    write(writer, BYTE, 1);
  }
  const fired = [...set.now(), ...set.now(), ...set.now(), ...set.now(), ...set.now()];
  assertEquals(fired.filter((name) => name === "once").length, 100);
  assertEquals(fired.filter((name) => name === "again").length, 100);
  for (const [reader] of pipes) assertEquals(read(reader, new Uint8Array(2), 2), 1);
});
