import { recv } from "../../ffi/sys_socket.ts";
import { ClosedError, type Fd, SyscallError } from "../../lib/core/mod.ts";
import { Outgoing } from "../../lib/pipes/outgoing.ts";
import { pipe, socketpair } from "../../lib/pipes/mod.ts";
import { assert, assertEquals, assertThrows, test } from "../support/mod.ts";

function outgoing(socket: Fd, length: number, fds: Fd[] = []) {
  const told: unknown[] = [];
  const message = new Outgoing(socket, () => new Uint8Array(length), fds, (reason) => told.push(reason));
  return { message, told };
}

test("Outgoing.attempt() goes on where the socket was full, and says so when all is sent", () => {
  const [left, right] = socketpair();
  using _left = left;
  using _right = right;
  const { message } = outgoing(left.fd, 1_000_000);
  assertEquals([message.begun, message.attempt(), message.begun], [false, undefined, true]);
  const target = new Uint8Array(100_000);
  let received = 0;
  for (let done; done === undefined; done = message.attempt()) {
    received += recv(right.fd.number, target, target.length, 0);
  }
  while (received < 1_000_000) received += recv(right.fd.number, target, target.length, 0);
  assertEquals(received, 1_000_000);
});

test("Outgoing.attempt() fails with EPIPE, and only one that has begun breaks the channel", () => {
  const [left, right] = socketpair();
  using _left = left;
  const [begun, fresh] = [outgoing(left.fd, 1_000_000), outgoing(left.fd, 10)];
  begun.message.attempt();
  right.close();
  for (const { message, told } of [begun, fresh]) {
    const error = assertThrows(() => message.attempt(), SyscallError);
    assert(error.code === "EPIPE" || error.code === "ECONNRESET", error.code);
    message.failed(error);
    assertEquals(told, message === begun.message ? [error] : []);
  }
});

test("Outgoing.attempt() notices a descriptor that was closed before its turn", () => {
  const [left, right] = socketpair();
  using _left = left;
  using _right = right;
  const { reader, writer } = pipe();
  reader.close();
  writer.close();
  const { message } = outgoing(left.fd, 10, [reader]);
  assertThrows(() => message.attempt(), ClosedError);
  assertEquals(message.begun, false);
});
