/** How a program is replaced by its new code. */

/** How a program is replaced. */
export interface RestarterOptions {
  /** Milliseconds that the new code has to get ready. @default {10_000} */
  timeout?: number;
  /** Milliseconds that `drain` has; then the program is replaced all the same. @default {10_000} */
  drainTimeout?: number;
  /** Wait for the work under way. No connection is taken meanwhile; `signal` is aborted when the time is over. */
  drain?: (options: { signal: AbortSignal }) => void | Promise<void>;
  /** Whether `restart` tries the new code in a process of its own first. @default {true} */
  tryFirst?: boolean;
  /** The arguments of the next generation. @default {Deno.args} */
  args?: readonly string[];
  /** Variables of its environment, besides this program's own. */
  env?: Record<string, string>;
}
