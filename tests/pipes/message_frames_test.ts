import { newPipe } from "../../ffi/descriptors.ts";
import { close } from "../../ffi/unistd.ts";
import { type Frame, Frames, HEADER, putHeader } from "../../lib/pipes/message_frames.ts";
import { assert, assertEquals, assertThrows, test } from "../support/mod.ts";

/** A message of `length` bytes, each `fill`. */
function frame(length: number, fill: number, fds = 0): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(HEADER + length).fill(fill);
  putHeader(bytes, fds);
  return bytes;
}

/** Feed `bytes` in pieces of at most `piece`. */
function feed(frames: Frames, bytes: Uint8Array, piece = Infinity, fds: number[] = []): Frame[] {
  const found: Frame[] = [];
  for (let at = 0; at < bytes.length;) {
    const { target } = frames;
    const part = bytes.subarray(at, at + Math.min(piece, target.length));
    target.set(part);
    frames.took({ count: part.length, fds: at === 0 ? fds : [], truncated: false, cut: false });
    for (let one; (one = frames.next()) !== undefined;) found.push(one);
    at += part.length;
  }
  return found;
}

const LENGTHS = [1, 100, 7, 65_535, 65_536, 65_537, 1, 200_000, 3];
const stream = new Uint8Array(await new Blob(LENGTHS.map((length, i) => frame(length, i))).arrayBuffer());

for (const piece of [3, 8, 9, 1_000, 65_536, Infinity]) {
  test(`Frames are the same in pieces of ${piece} bytes`, () => {
    using frames = new Frames(1_000_000);
    const found = feed(frames, stream, piece);
    assertEquals(found.map(({ bytes }) => bytes.length), LENGTHS);
    assert(found.every(({ bytes }, i) => bytes.every((byte) => byte === i)));
    assertEquals(frames.unfinished, undefined);
  });
}

test("Frames tell what is missing of the last one", () => {
  using frames = new Frames(1_000);
  feed(frames, frame(10, 1).subarray(0, 5));
  assertEquals(frames.unfinished, "5 bytes of a header");
  feed(frames, frame(10, 1).subarray(5, 12));
  assertEquals(frames.unfinished, "4 of 10 bytes");
});

test("Frames refuse a message that is too long before there is memory for it", () => {
  using frames = new Frames(1_000);
  assertThrows(() => feed(frames, frame(1_001, 1).subarray(0, HEADER)), RangeError, "1001 bytes");
});

/** Whether `fd` was open; it is closed now. */
const wasOpen = (fd: number) => close(fd) === 0;

test("Frames give descriptors to their message, and close those that nobody takes", () => {
  const [first, second] = newPipe() as [number, number];
  const third = newPipe() as [number, number];
  {
    using frames = new Frames(1_000);
    const [found] = feed(frames, frame(10, 1, 2), 3, [first, second]);
    assertEquals(found!.fds.map(({ number }) => number), [first, second]);
    found!.fds[0]!.close();
    feed(frames, frame(10, 1, 2).subarray(0, 12), 100, third);
  }
  assertEquals([first, second, ...third].map(wasOpen), [false, true, false, false]);
});

const FOREIGN: [name: string, bytes: Uint8Array<ArrayBuffer>, fds: number][] = [
  ["text", new TextEncoder().encode("hello, world"), 0],
  ["an empty message", frame(0, 0), 0],
  ["descriptors without a message", frame(5, 1), 2],
  ["fewer descriptors than told", frame(5, 1, 3), 2],
  ["more descriptors than told", frame(5, 1, 1), 2],
  ["no descriptors where there should be some", frame(5, 1, 1), 0],
];

for (const [name, bytes, count] of FOREIGN) {
  test(`Frames say InvalidData for ${name}`, () => {
    const fds = count === 0 ? [] : newPipe() as [number, number];
    {
      using frames = new Frames(1_000);
      assertThrows(() => feed(frames, bytes, Infinity, fds), Deno.errors.InvalidData, "not from openMessages()");
    }
    assertEquals(fds.some(wasOpen), false);
  });
}
