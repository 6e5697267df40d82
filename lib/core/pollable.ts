/** How `poll()` sees what is more than a descriptor: a child, a stream with a buffer. */
import type { Wait } from "../../ffi/pending.ts";

/** The method by which a thing shows itself to `poll()`; the same in every copy of the library. */
export const POLLABLE: unique symbol = Symbol.for("vasty.pollable");

/** How a thing stands. */
export interface PollState {
  /** What poll(2) is to be asked about; -1 where there is nothing. What it says of `fd` is true. */
  readonly fd: number;
  /** Whether it counts as readable whatever the kernel says of `fd`: bytes wait in a buffer, or it has ended. */
  readonly ready: boolean;
  /** Whether it may become readable without poll(2) seeing it, so that only the event loop can wait for it. */
  readonly hidden?: boolean;
  /** Begins to wait for reading, until what poll(2) or `ready` may then tell. Otherwise reactor waits for `fd`. */
  readonly wait?: () => Wait;
}

/** A thing that shows itself. */
export interface Pollable {
  /** How it stands now; asked again after every wait. */
  [POLLABLE](): PollState;
}

/** How `source` stands, if it shows itself. */
export function stateOf(source: object): PollState | undefined {
  return POLLABLE in source ? (source as Pollable)[POLLABLE]() : undefined;
}
