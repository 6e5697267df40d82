/** A pipe that Deno's event loop reads: how a thread of ours, or a signal handler, gets a word in. */

/** What Deno and Node call a thing that may keep the process alive. */
export interface Refable {
  ref(): unknown;
  unref(): unknown;
}

/** What reads it. It takes 13 ms to load, so it is imported where a pipe is first needed. */
type Net = typeof import("node:net");

/**
 * Have `told` called with what has come through the pipe `fd`, which is Deno's to close from now on. The bytes lie in
 * `buffer`, from its beginning, and are overwritten by those that come next: no chunk is made of them, and they pass through
 * no stream, which would cost as much again as the read itself.
 */
export function adoptPipe(
  { Socket }: Net,
  fd: number,
  buffer: Uint8Array<ArrayBuffer>,
  told: (length: number) => void,
): Refable {
  const callback = (length: number) => {
    told(length);
    return true;
  };
  // The types know `onread` for a connection alone; the manual has it for every socket.
  const options = { fd, readable: true, writable: false, onread: { buffer, callback } };
  return new Socket(options);
}
