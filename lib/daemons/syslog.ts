/** Messages to syslogd. */
import { SyscallError } from "../core/errors.ts";
import { programName } from "./log_line.ts";
import {
  checkFacility,
  checkPriority,
  type SyslogFacility,
  syslogLine,
  type SyslogPriority,
  type SyslogSender,
} from "./syslog_message.ts";
import { SyslogSocket } from "./syslog_socket.ts";

/** Who says it, and where. */
export interface SyslogOptions {
  /** The name of the program. @default {the name of the program's file} */
  ident?: string;
  /** What kind of program it is. @default {"user"} */
  facility?: SyslogFacility;
  /** Whether the process id is told: Perl's option `pid`. @default {true} */
  pid?: boolean;
  /** Whether each message goes to standard error as well: Perl's option `perror`. @default {false} */
  perror?: boolean;
  /** The socket where syslogd listens. @default {"/dev/log"} */
  path?: string;
}

/**
 * The way to syslogd: what {@linkcode openSyslog} gives.
 *
 * @example
 * ```ts
 * import { openSyslog, type Syslog } from "@vasty/vasty";
 *
 * function report(to: Syslog): void {
 *   to.log("notice", "it works");
 * }
 * using syslog = openSyslog({ ident: "example", path: "/tmp/no-such-socket" });
 * report(syslog);
 * console.assert(syslog.lost === 1);
 * ```
 */
export class Syslog implements Disposable {
  readonly #socket: SyslogSocket;
  readonly #sender: SyslogSender;
  readonly #path: string;
  readonly #perror: boolean;
  #lost = 0;
  #told = false;

  /** @ignore */
  constructor(
    { ident = programName(), facility = "user", pid = true, perror = false, path = "/dev/log" }: SyslogOptions,
  ) {
    checkFacility(facility);
    this.#sender = { ident, facility, pid: pid ? Deno.pid : undefined };
    this.#path = path;
    this.#perror = perror;
    this.#socket = new SyslogSocket(path);
    this.#attempt(() => this.#socket.connect());
  }

  /** How many messages nobody has taken. */
  get lost(): number {
    return this.#lost;
  }

  /**
   * Send a message. It takes 0.1 s at most, and only the first time that syslogd has no room; without a syslogd, or one that has
   * no room, the message is lost, which is said on standard error once, until messages arrive again. Several lines are several
   * messages.
   *
   * @param priority How bad it is.
   * @param text What to say. What is too long for the socket is cut to 2 KiB.
   * @returns Whether syslogd has it.
   * @throws {TypeError} if there is no such priority.
   */
  log(priority: SyslogPriority, text: string): boolean {
    checkPriority(priority);
    let all = true;
    for (const line of text.replace(/\n+$/, "").split("\n")) all = this.#line(priority, line) && all;
    return all;
  }

  #line(priority: SyslogPriority, text: string): boolean {
    const line = syslogLine(this.#sender, priority, text, new Date());
    if (this.#perror) console.error(line.replace(/^<\d+>.{16}/, ""));
    const sent = this.#attempt(() => this.#socket.send(line));
    if (!sent) this.#lost++;
    return sent;
  }

  /** Whether it worked. If not, that is said once. */
  #attempt(step: () => void): boolean {
    try {
      step();
      this.#told = false;
      return true;
    } catch (error) {
      if (!(error instanceof SyscallError) && !(error instanceof DOMException)) throw error;
      if (!this.#told) {
        const why = error instanceof DOMException ? `${this.#path} has no room` : error.message;
        console.error(`${this.#sender.ident}: no syslog: ${why}`);
      }
      this.#told = true;
      return false;
    }
  }

  /** Close the socket; a later message opens it again. */
  close(): void {
    this.#socket.close();
  }

  /** The same as {@linkcode Syslog.close}. */
  [Symbol.dispose](): void {
    this.close();
  }
}

/**
 * Connect to syslogd, as Perl's Sys::Syslog and openlog(3): its messages are the same. A syslogd that is started anew is found
 * again. Without one it says so once, on standard error, and the program goes on.
 *
 * Needs `read` and `write` permission for the socket, and `net` as every Unix socket.
 *
 * @param options Who says it, and where.
 * @returns Its owner closes it.
 * @throws {TypeError} if there is no such facility, or the path has a NUL character.
 * @throws {RangeError} if the path is longer than 107 bytes.
 * @throws {Deno.errors.NotCapable} without the permission.
 * @example
 * ```ts
 * import { openSyslog } from "@vasty/vasty";
 *
 * using syslog = openSyslog({ ident: "example", facility: "daemon" });
 * syslog.log("info", "started");
 * ```
 * @see syslog(3), RFC 3164
 */
export function openSyslog(options: SyslogOptions = {}): Syslog {
  return new Syslog(options);
}
