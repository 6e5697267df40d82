/** The modes of a server, by name. */
import type { Mode, ServerWork } from "./mode.ts";
import { MultiplexedMode } from "./multiplexed_mode.ts";
import type { ServeMode } from "./serve_options.ts";

/** What makes them. */
export const MODES: Readonly<Record<ServeMode, (work: ServerWork) => Mode>> = {
  multiplexed: (work) => new MultiplexedMode(work),
  single: (work) => new MultiplexedMode(work, 1),
};
