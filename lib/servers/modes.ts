/** The modes of a server, by name. */
import { ForkingMode } from "./forking_mode.ts";
import type { Mode, ServerWork } from "./mode.ts";
import { MultiplexedMode } from "./multiplexed_mode.ts";
import { PreforkingMode } from "./preforking_mode.ts";
import type { ServeMode } from "./serve_options.ts";

/** What makes them. */
export const MODES: Readonly<Record<ServeMode, (work: ServerWork) => Mode>> = {
  multiplexed: (work) => new MultiplexedMode(work),
  forking: (work) => new ForkingMode(work),
  preforking: (work) => new PreforkingMode(work),
  single: (work) => new MultiplexedMode(work, 1),
};
