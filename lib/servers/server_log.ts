/** What a server tells about itself. */
import type { ExitStatus } from "../processes/mod.ts";
import type { Client } from "./client.ts";

/**
 * What has happened:
 * - `"connect"`: a client came; `"end"`: its handler has settled.
 * - `"denied"`: a client was turned away by `allow` or `deny`.
 * - `"idle"`: a client was silent for too long.
 * - `"lost"`: a client has broken its connection, and the handler did not deal with it.
 * - `"failed"`: a handler threw, a child cannot be started or ended too soon, or an address cannot be served any more.
 * - `"begat"`: a child was started; `"reaped"`: it has ended.
 * - `"limit"`: nothing can be accepted for now, mostly for too many open descriptors.
 */
export type ServerEventKind = "connect" | "end" | "denied" | "idle" | "lost" | "failed" | "begat" | "reaped" | "limit";

/** Something that has happened to a server. */
export interface ServerEvent {
  /** What. */
  readonly kind: ServerEventKind;
  /** The same in words, in one line. */
  readonly message: string;
  /** Whom it is about. */
  readonly client?: Client;
  /** What was thrown. */
  readonly error?: unknown;
  /** The child that it is about. */
  readonly pid?: number;
  /** How the child ended. */
  readonly status?: ExitStatus;
  /** How many connections the child of a pre-forking server has had, as far as it has said so. */
  readonly served?: number;
}

/** Where events go. What it throws, or rejects with, goes to standard error; it is not waited for. */
export type ServerLog = (event: ServerEvent) => void;

/** Without a log of the program's own: what needs a human goes to standard error. */
const DEFAULT = new Set<ServerEventKind>(["failed", "limit"]);

/** A time in which the same limit is told once: with clients that come and go it is reached many times a second. */
const QUIET = 10_000;

/** Tells the program's log. */
export class Journal {
  readonly #log: ServerLog | undefined;
  #limitTold = -Infinity;

  constructor(log: ServerLog | undefined) {
    this.#log = log;
  }

  /** Whether anybody wants to hear of it, so that the words are not made for nobody. */
  wants(kind: ServerEventKind): boolean {
    return this.#log !== undefined || DEFAULT.has(kind);
  }

  /** A log that throws, now or later, does not harm the server: what it threw goes to standard error. */
  tell(event: ServerEvent): void {
    if (this.#log === undefined) {
      if (DEFAULT.has(event.kind)) console.error(event.message);
      return;
    }
    try {
      const later: unknown = this.#log(event);
      if (later instanceof Promise) later.catch(logFailed);
    } catch (error) {
      logFailed(error);
    }
  }

  /** Nothing can be accepted for now. */
  limit(error: unknown): void {
    const now = performance.now();
    if (now - this.#limitTold >= QUIET) {
      this.tell({ kind: "limit", message: `No connection is accepted for now: ${reason(error)}`, error });
    }
    this.#limitTold = now;
  }
}

function logFailed(error: unknown): void {
  console.error(`The server's log failed: ${reason(error)}`);
}

/** What was thrown, in one line. */
export function reason(error: unknown): string {
  const text = error instanceof Error
    ? `${error.name === "Error" ? "" : `${error.name}: `}${error.message}`
    : `${error}`;
  return text.replace(/\s*\n\s*/g, " ");
}
