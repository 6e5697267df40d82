/** A child that runs an export of a module for a server, and the channel over which the two understand each other. */
import { IN_WORKER } from "../../ffi/web_worker.ts";
import { AROUND, type Around } from "../core/around.ts";
import type { Fd } from "../core/fd.ts";
import { HOLD, type Holdable } from "../core/holding.ts";
import type { SignalName } from "../core/signal_names.ts";
import { type Message, type Messages, openMessages, socketpair } from "../pipes/mod.ts";
import { type ExitStatus, type OpenedChild, openSelf, type SelfPermissions } from "../processes/mod.ts";

/** An export, as `openSelf` names it. */
export interface ServedExport {
  /** The URL of the module, usually `import.meta.url`. */
  module: string | URL;
  /** The name of the function that it exports. */
  export: string;
  /** What it gets besides: what structured clone carries. @default {[]} */
  args?: readonly unknown[];
  /** What its Deno grants it, all of which must be granted here. @default {nothing but libc} */
  permissions?: SelfPermissions;
}

/** How a child ended. */
export interface ChildEnd {
  readonly status: ExitStatus;
  /** What its module or its code failed of, with its stack; nothing if it was killed or ended well. */
  readonly error?: Error;
}

/**
 * A child is told of this program's end by a signal; it has a channel as well, which ends when this program begins anew by
 * execve(2). A Web Worker's thread would be taken for the program.
 */
export function withServer(): { parentDeathSignal?: "SIGTERM" } {
  return IN_WORKER ? {} : { parentDeathSignal: "SIGTERM" };
}

/** The child's number of its end of the channel; what else it gets begins above. */
export const CHANNEL = 3;

/** A child and its channel. It keeps this program alive until it has ended. */
export class SelfChildChannel {
  readonly pid: number;
  /** Resolves when it has ended and is reaped. */
  readonly ended: Promise<ChildEnd>;
  readonly #child: OpenedChild;
  readonly #channel: Messages;

  /**
   * Start it. Its standard input is /dev/null; `fds` become its descriptors above {@linkcode CHANNEL}. The export is called by
   * the library's code `around` it, which gets `orders` and its arguments.
   *
   * @throws {SyscallError} if it cannot be started.
   */
  constructor(what: ServedExport, around: Around, orders: object, fds: readonly Fd[]) {
    const [ours, theirs] = socketpair();
    using _theirs = theirs;
    const given = Object.fromEntries([theirs.fd, ...fds].map((fd, i) => [CHANNEL + i, fd]));
    try {
      const options = {
        permissions: what.permissions,
        stdin: "null",
        fds: given,
        check: false,
        ...withServer(),
        [AROUND]: around,
      };
      this.#child = openSelf("none", what.module, what.export, [orders, what.args ?? []], options);
    } catch (error) {
      ours.close();
      throw error;
    }
    this.#channel = openMessages(ours.fd);
    this.pid = this.#child.pid;
    this.ended = this.#end();
  }

  /** Everything that it says, up to its end. */
  async *heard(): AsyncGenerator<unknown> {
    try {
      for await (const message of this.#channel) {
        using one: Message = message;
        yield one.value;
      }
    } catch {
      // It was killed while it spoke, and its end tells; or it can be heard no more, and then it is of no use.
      this.kill("SIGTERM");
    }
  }

  /** Tell it something; nothing comes of it if it has ended. */
  async tell(value: unknown, fds: readonly Fd[] = []): Promise<boolean> {
    return await this.#channel.send(value, { fds }).then(() => true, () => false);
  }

  /** Send it a signal; whether it was there. */
  kill(signal: SignalName): boolean {
    return this.#child.kill(signal);
  }

  /** Whether it keeps this program alive until it has ended. */
  hold(on: boolean): void {
    (this.#child as OpenedChild & Holdable)[HOLD](on);
    on ? this.#channel.ref() : this.#channel.unref();
  }

  async #end(): Promise<ChildEnd> {
    const error = await this.#child.close().then(() => undefined, (reason) => reason as Error);
    const status = await this.#child.status;
    this.#channel.close();
    // Where SIGCHLD is ignored nobody knows how it ended.
    return status.signal === null && status.raw !== -1 && error !== undefined ? { status, error } : { status };
  }
}
