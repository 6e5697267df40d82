/** What a program is started with. */
import type { Fd } from "../core/fd.ts";
import type { WaitOptions } from "../core/limit.ts";

/** A file that becomes a descriptor of the child. */
export interface FileRedirect {
  /** The file. A relative path is relative to this program's working directory, not to the child's. */
  path: string | URL;
  /**
   * How it is opened: "write" creates and empties it, "append" creates it and adds at its end.
   * @default {"read" for standard input and for descriptors above 2, "write" for standard output and error}
   */
  access?: "read" | "write" | "append" | "read-write";
  /**
   * The permission bits of a file that is created, before the umask.
   * @default {0o666}
   */
  mode?: number;
}

/**
 * What a descriptor of the child is: the one of the same number here (`"inherit"`), /dev/null (`"null"`), a pipe to this
 * program (`"piped"`), a copy of an `Fd` or of the descriptor with this number, or a file by its path.
 * A file whose name is one of the three words is written `./null`.
 */
export type Redirect = "inherit" | "null" | "piped" | Fd | number | string | URL | FileRedirect;

/** How `spawn` and everything that stands on it starts a program. */
export interface SpawnOptions extends WaitOptions {
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
  /** What the command reads from its standard input. A command that ends without reading it all is no error. */
  input?: string | Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array>;
}
