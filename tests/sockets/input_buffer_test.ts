import { InputBuffer } from "../../lib/sockets/input_buffer.ts";
import { assert, assertEquals, size, test } from "../support/mod.ts";
import { bytes, pattern, text } from "./loopback.ts";

function put(buffer: InputBuffer, piece: Uint8Array): void {
  for (let at = 0; at < piece.length;) {
    const room = buffer.room();
    const count = Math.min(room.length, piece.length - at);
    room.set(piece.subarray(at, at + count));
    buffer.added(count);
    at += count;
  }
}

test("InputBuffer gives back what was put in, whatever the pieces", () => {
  const buffer = new InputBuffer();
  const sent = pattern(size(1_000_000));
  const got = new Uint8Array(sent.length);
  let [put_, taken] = [0, 0];
  for (let i = 1; taken < sent.length; i++) {
    const piece = sent.subarray(put_, put_ + (i * 7_919) % 60_000);
    put(buffer, piece);
    put_ += piece.length;
    const part = i % 3 === 0
      ? buffer.take(buffer.length)
      : buffer.take(Math.min(buffer.length, (i * 104_729) % 40_000));
    got.set(part, taken);
    taken += part.length;
    if (put_ >= sent.length && i % 3 !== 0) taken += buffer.takeInto(got.subarray(taken));
  }
  assertEquals(got, sent);
  assertEquals([buffer.length, buffer.at(0) === undefined || buffer.length === 0], [0, true]);
});

test("InputBuffer finds a mark that comes in pieces, looks for another from the start, and not in what was read", () => {
  const buffer = new InputBuffer();
  const crlf = bytes("\r\n");
  put(buffer, bytes("stale\r\nmatter"));
  buffer.drop(buffer.length);
  put(buffer, bytes("one\r"));
  assertEquals(buffer.find(crlf), -1);
  put(buffer, bytes("\ntwo\r\n"));
  assertEquals([buffer.find(crlf), buffer.find(bytes("\r\n")), buffer.find(bytes("ne")), buffer.find(crlf, 5)], [
    3,
    3,
    1,
    8,
  ]);
  assertEquals(text(buffer.view(0, 3)), "one");
  buffer.drop(5);
  assertEquals([buffer.find(crlf), buffer.find(bytes("one"))], [3, -1]);
});

test("InputBuffer gives memory away with the bytes, and takes new memory", () => {
  const buffer = new InputBuffer();
  put(buffer, new Uint8Array(100_000).fill(1));
  const taken = buffer.take(100_000);
  put(buffer, new Uint8Array(100_000).fill(2));
  assert(taken.every((byte) => byte === 1));
});
