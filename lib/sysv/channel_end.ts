/** What there is of a channel, for one of its ends. */
import type { ChannelName } from "./channel_errors.ts";
import type { ChannelMemory } from "./channel_memory.ts";
import type { ChannelSide } from "./channel_side.ts";

/** The parts that it uses, and whom it tells when it is closed. */
export interface ChannelEnd {
  readonly name: ChannelName;
  readonly memory: ChannelMemory;
  readonly writers: ChannelSide;
  readonly readers: ChannelSide;
  /** This end is closed: the memory may be detached. */
  readonly closed: () => void;
}
