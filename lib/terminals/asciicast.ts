/** asciicast: what a terminal showed, and when, as a text of one JSON value a line. */

/** What happened in a recorded terminal. */
export interface AsciicastEvent {
  /** When, in milliseconds from the beginning. */
  time: number;
  /**
   * Output (`"o"`), input (`"i"`), a new size (`"r"`: `80x24`), a marker (`"m"`), the exit code (`"x"`), or what later versions of the
   * format have.
   */
  kind: string;
  /** Its text. */
  data: string;
}

/** What stands at the head of a recording. */
export interface AsciicastHeader {
  /** The version of the format. */
  version: 2 | 3;
  /** Characters of a line. */
  cols: number;
  /** Lines. */
  rows: number;
  /** When it began, in milliseconds since 1970. */
  timestamp?: number;
  /** What it is. */
  title?: string;
  /** What was run. */
  command?: string;
  /** Pauses are to be played no longer than so many milliseconds. */
  idleTimeLimit?: number;
  /** Variables of the environment. */
  env?: Record<string, string>;
  /** What kind of terminal it was, such as `xterm-256color`. */
  term?: string;
}

/** A recording. */
export interface Asciicast {
  /** Its head. */
  header: AsciicastHeader;
  /** What happened, in its order. */
  events: AsciicastEvent[];
}

const seconds = (ms: number | undefined) => ms === undefined ? undefined : ms / 1_000;
const milliseconds = (s: unknown) => typeof s === "number" ? Math.round(s * 1_000_000) / 1_000 : undefined;

/** The first line. */
export function headerLine(header: AsciicastHeader): string {
  const { version, cols, rows, title, command, env, term } = header;
  const size = version === 2 ? { width: cols, height: rows } : { term: { cols, rows, type: term } };
  const timestamp = header.timestamp === undefined ? undefined : Math.floor(header.timestamp / 1_000);
  const idle_time_limit = seconds(header.idleTimeLimit);
  return `${JSON.stringify({ version, ...size, timestamp, idle_time_limit, command, title, env })}\n`;
}

/** A line of an event. In version 3 its time is counted from the event before, `last`. */
export function eventLine(version: 2 | 3, { time, kind, data }: AsciicastEvent, last: number): string {
  const at = version === 2 ? time / 1_000 : (Math.round(time) - Math.round(last)) / 1_000;
  return `${JSON.stringify([version === 2 ? Number(at.toFixed(6)) : at, kind, data])}\n`;
}

/**
 * Take a recording apart, of version 2 or 3 of asciicast.
 *
 * @param text The text of the file. A last line that was cut short, as of a recorder that was killed, is left out.
 * @returns The recording, all times counted from its beginning.
 * @throws {SyntaxError} that names the line which makes no sense.
 * @example
 * ```ts
 * import { parseAsciicast } from "@vasty/vasty";
 *
 * const { header, events } = parseAsciicast('{"version":2,"width":80,"height":24}\n[0.5,"o","hello"]\n');
 * console.assert(header.cols === 80 && events[0]!.time === 500);
 * ```
 * @see https://docs.asciinema.org/manual/asciicast/v2/
 */
export function parseAsciicast(text: string): Asciicast {
  const lines = text.split("\n");
  const header = headerOf(parsed(lines, 0));
  const events: AsciicastEvent[] = [];
  let last = 0;
  for (let at = 1; at < lines.length; at++) {
    const line = lines[at]!;
    // Version 3 has comments.
    if (line.trim() === "" || line.startsWith("#")) continue;
    // What ends the text ends with a line's end.
    if (at === lines.length - 1 && !isJson(line)) break;
    const event = eventOf(parsed(lines, at), at);
    if (header.version === 3) event.time += last;
    last = event.time;
    events.push(event);
  }
  return { header, events };
}

function isJson(line: string): boolean {
  try {
    JSON.parse(line);
    return true;
  } catch {
    return false;
  }
}

function parsed(lines: string[], at: number): unknown {
  try {
    return JSON.parse(lines[at]!);
  } catch {
    throw new SyntaxError(`Line ${at + 1} of the recording is no JSON`);
  }
}

function headerOf(value: unknown): AsciicastHeader {
  const given = (typeof value === "object" && value !== null ? value : {}) as Record<string, unknown>;
  const { version, timestamp, title, command, env } = given;
  if (version !== 2 && version !== 3) throw new SyntaxError("Line 1 of the recording is no head of asciicast 2 or 3");
  const term = (version === 3 ? given.term : undefined) as
    | { cols?: unknown; rows?: unknown; type?: string }
    | undefined;
  const [cols, rows] = version === 2 ? [given.width, given.height] : [term?.cols, term?.rows];
  if (typeof cols !== "number" || typeof rows !== "number") {
    throw new SyntaxError("Line 1 of the recording has no size");
  }
  const idleTimeLimit = milliseconds(given.idle_time_limit);
  const all = { version, cols, rows, timestamp: timestamp === undefined ? undefined : Number(timestamp) * 1_000 };
  const header = { ...all, title, command, idleTimeLimit, env, term: term?.type };
  return Object.fromEntries(
    Object.entries(header).filter(([, entry]) => entry !== undefined),
  ) as unknown as AsciicastHeader;
}

function eventOf(value: unknown, at: number): AsciicastEvent {
  const [time, kind, data] = Array.isArray(value) ? value : [];
  if (typeof time !== "number" || !(time >= 0) || typeof kind !== "string" || typeof data !== "string") {
    throw new SyntaxError(`Line ${at + 1} of the recording is no event`);
  }
  return { time: milliseconds(time)!, kind, data };
}
