/** What a program is started with. */
import type { Fd } from "../core/fd.ts";
import type { WaitOptions } from "../core/limit.ts";
import type { AttributeOptions } from "./attributes.ts";
import type { EndOptions } from "./ending.ts";
import type { RetryOptions } from "./retry.ts";

/** A file that becomes a descriptor of the child. */
export interface FileRedirect {
  /** The file. A relative path is relative to this program's working directory, not to the child's. */
  path: string | URL;
  /**
   * How it is opened: "write" creates and empties it, "append" creates it and adds at its end, "read-write" creates it.
   * @default {"read" for standard input and for descriptors above 2, "write" for standard output and error}
   */
  access?: "read" | "write" | "append" | "read-write";
  /**
   * Flags of open(2) in place of those that `access` brings: with `access: "write", flags: ["O_CREAT", "O_EXCL"]` a file
   * that is there already is an error.
   */
  flags?: readonly OpenFlag[];
  /**
   * The permission bits of a file that is created, before the umask.
   * @default {0o666}
   */
  mode?: number;
}

/** A flag of open(2) besides the access. */
export type OpenFlag = "O_APPEND" | "O_CREAT" | "O_DIRECTORY" | "O_EXCL" | "O_NOFOLLOW" | "O_SYNC" | "O_TRUNC";

/** A further descriptor for what the child has at another one: `{ dup: 1 }` for standard error is the shell's `2>&1`. */
export interface DupRedirect {
  /** The child's other descriptor, as it is when the program starts, in whichever order they are listed. */
  dup: number;
}

/**
 * What a descriptor of the child is: the one of the same number here (`"inherit"`), /dev/null (`"null"`), a pipe to this
 * program (`"piped"`), nothing (`"close"`), a copy of an `Fd` or of the descriptor with this number, a file by its path,
 * or what another of its descriptors is. A file whose name is one of the four words is written `./null`; so is one that
 * has the name of what Node calls them, `pipe`, `overlapped`, `ignore`, or of `inherited`: those are refused.
 */
export type Redirect = "inherit" | "null" | "piped" | "close" | Fd | number | string | URL | FileRedirect | DupRedirect;

/** How `spawn` and everything that stands on it starts a program. */
export interface SpawnOptions extends WaitOptions, AttributeOptions, EndOptions {
  /** Its standard input. @default {"inherit"} */
  stdin?: Redirect;
  /** Its standard output. @default {"inherit"} */
  stdout?: Redirect;
  /** Its standard error output. @default {"inherit"} */
  stderr?: Redirect;
  /** Further descriptors by their number in the child. It gets 0, 1, 2 and these, and nothing else. */
  fds?: Record<number, Exclude<Redirect, "piped">>;
  /** Its working directory. @default {this program's} */
  cwd?: string | URL;
  /** Variables of its environment, besides or instead of this program's own. */
  env?: Record<string, string>;
  /** Whether it gets `env` alone. @default {false} */
  clearEnv?: boolean;
  /** The name that it sees as its own. @default {the first word of the command} */
  argv0?: string;
  /**
   * When `signal` or `timeout` ends it: milliseconds from SIGTERM to SIGKILL. Short, so that the time limit holds whatever
   * the child does; give it more where it needs time to clean up.
   * @default {50}
   */
  grace?: number;
}

/** A program and its arguments. No shell sees them; see `shell` for one that does. */
export type Command = readonly string[];

/** How `run`, `capture` and `lines` treat the end of the command. */
export interface CommandOptions extends SpawnOptions {
  /** Whether an end without success throws an `ExitError`. @default {true} */
  check?: boolean;
  /** What the command reads from its standard input. A command that ends without reading it all is no error; a stream is cancelled then. */
  input?: string | Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array>;
  /**
   * Milliseconds to go on reading after the command has ended, while something that it has started keeps its pipes open.
   * What is in them then is read, they are closed, and the result is marked `incomplete`. `Infinity` waits for their end.
   * @default {5_000; Infinity for `lines`, which has no result to be marked}
   */
  waitDelay?: number;
  /** How often to try again where it cannot be started for want of processes (`EAGAIN`) or memory; see `retrySpawn`. */
  retry?: RetryOptions;
}
