import { ERRNO } from "../../ffi/abi/errno.ts";
import { FCNTL } from "../../ffi/abi/fcntl.ts";
import { SOCKET } from "../../ffi/abi/sys_socket.ts";
import { newPipe } from "../../ffi/descriptors.ts";
import { fcntl } from "../../ffi/fcntl.ts";
import { MOST_RIGHTS, receiveRights, sendRights } from "../../ffi/rights.ts";
import { setsockopt, shutdown, socketpair } from "../../ffi/sys_socket.ts";
import { close } from "../../ffi/unistd.ts";
import { assertEquals, EMULATED, test } from "../support/mod.ts";

/** Two connected sockets and a pipe. */
class Ends implements Disposable {
  readonly sockets = new Int32Array(2);
  readonly fds = newPipe() as [number, number];
  constructor() {
    socketpair(SOCKET.AF_UNIX, SOCKET.SOCK_STREAM | SOCKET.SOCK_CLOEXEC, 0, this.sockets);
  }
  send(bytes: number[], fds: number[] = []): number {
    return sendRights(this.sockets[0]!, Uint8Array.from(bytes), fds);
  }
  /** What comes, its descriptors closed. */
  receive(length = 100): { bytes: number[]; fds: number } {
    const target = new Uint8Array(length);
    const { count, fds } = receiveRights(this.sockets[1]!, target);
    for (const fd of fds) {
      assertEquals([fd > 2, fcntl(fd, FCNTL.F_GETFD, 0)], [true, FCNTL.FD_CLOEXEC]);
      close(fd);
    }
    return { bytes: count < 0 ? [count] : [...target.subarray(0, count)], fds: fds.length };
  }
  [Symbol.dispose](): void {
    for (const fd of [...this.sockets, ...this.fds]) close(fd);
  }
}

test("receiveRights() never brings more than one sender's descriptors, and none too early", () => {
  using ends = new Ends();
  ends.send([1]);
  ends.send([2, 3], ends.fds);
  ends.send([4]);
  ends.send([5], [ends.fds[0]]);
  let bytes: number[] = [];
  const seen: [number, number][] = [];
  for (let got; (got = ends.receive()).bytes[0] !== -ERRNO.EAGAIN;) {
    bytes = [...bytes, ...got.bytes];
    if (got.fds > 0) seen.push([got.bytes.at(-1)!, got.fds]);
  }
  assertEquals([bytes, seen], [[1, 2, 3, 4, 5], [[3, 2], [5, 1]]]);
});

test("receiveRights() brings descriptors with the first byte of those that they were sent with", () => {
  using ends = new Ends();
  ends.send([1, 2], ends.fds);
  assertEquals([ends.receive(1), ends.receive(1)], [{ bytes: [1], fds: 2 }, { bytes: [2], fds: 0 }]);
});

test("sendRights() takes MOST_RIGHTS descriptors and no more, and says what fails as -errno", () => {
  using ends = new Ends();
  assertEquals(ends.send([1], Array(MOST_RIGHTS).fill(ends.fds[0])), 1);
  assertEquals(ends.receive(), { bytes: [1], fds: MOST_RIGHTS });
  assertEquals(ends.send([1], [9_999]), -ERRNO.EBADF);
  assertEquals(ends.receive().bytes, [-ERRNO.EAGAIN]);
  shutdown(ends.sockets[1]!, SOCKET.SHUT_RD);
  assertEquals(ends.send([1]), -ERRNO.EPIPE);
});

test("receiveRights() takes no more descriptors than are wanted, and closes none of them late", () => {
  using ends = new Ends();
  const free = () => {
    const fd = fcntl(ends.fds[0], FCNTL.F_DUPFD_CLOEXEC, 3);
    close(fd);
    return fd;
  };
  const before = free();
  for (const most of [0, 1, 2, 5, 9]) {
    ends.send([1], Array(10).fill(ends.fds[0]));
    const { count, fds, truncated } = receiveRights(ends.sockets[1]!, new Uint8Array(9), most);
    assertEquals([count, fds.length, truncated], [1, most, true]);
    for (const fd of fds) close(fd);
    assertEquals(free(), before);
  }
}, { skip: EMULATED && "qemu-user takes descriptors that do not fit, and leaves them open" });

test("sendRights() sends credentials beside descriptors, and receiveRights() brings both where they are asked for", () => {
  using ends = new Ends();
  const own = { pid: Deno.pid, uid: Deno.uid()!, gid: Deno.gid()! };
  const take = () => {
    const { fds, credentials, truncated } = receiveRights(ends.sockets[1]!, new Uint8Array(9));
    for (const fd of fds) close(fd);
    return [fds.length, credentials, truncated];
  };
  const all = Array(MOST_RIGHTS).fill(ends.fds[0]);
  sendRights(ends.sockets[0]!, Uint8Array.of(1), all, own);
  assertEquals(take(), [MOST_RIGHTS, undefined, false]);
  setsockopt(ends.sockets[1]!, SOCKET.SOL_SOCKET, SOCKET.SO_PASSCRED, Int32Array.of(1), 4);
  sendRights(ends.sockets[0]!, Uint8Array.of(1), all, own);
  assertEquals(take(), [MOST_RIGHTS, own, false]);
});
