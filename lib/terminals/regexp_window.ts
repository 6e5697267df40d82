/**
 * Looking with the engine's own RegExp, for what no automaton can do: references to groups, and looking ahead or back.
 * It goes back and tries again, which can take exponential time: so it sees a window of the text only, under a time limit.
 */
import type { Found, Matcher } from "./matcher.ts";
import type { TextBuffer } from "./text_buffer.ts";

/** How far back a search looks, and how long it may take. */
export interface WindowOptions {
  /** Characters before what is new in which a match may begin. Default 4096. */
  window?: number;
  /** Milliseconds for each search. Default 1000. */
  limit?: number;
}

/** Node's, as far as it is used. */
interface Vm {
  createContext(place: Record<string, unknown>): object;
  Script: new (code: string) => { runInContext(context: object, options: { timeout: number }): unknown };
}

/** Runs a function, and ends it when its time is over. */
type Limited = <T>(run: () => T, timeout: number) => T;

let limited: Limited | undefined;

/** `node:vm` takes 15 ms to load, which only those pay who need it. It can be had without waiting, as a search wants. */
function loadLimited(): Limited {
  const { process } = globalThis as unknown as { process: { getBuiltinModule(name: "node:vm"): Vm } };
  const vm = process.getBuiltinModule("node:vm");
  const place: Record<string, unknown> = {};
  const context = vm.createContext(place);
  const script = new vm.Script("run()");
  return <T>(run: () => T, timeout: number) => {
    place.run = run;
    try {
      return script.runInContext(context, { timeout }) as T;
    } finally {
      place.run = undefined;
    }
  };
}

/** Looks for a regular expression as the engine does, near the end of what has come. */
export class WindowMatcher implements Matcher {
  #pattern: RegExp;
  /** The same for a text of which the beginning is left out. */
  #inside: RegExp;
  #window: number;
  #limit: number;
  #looked = 0;
  /** No match begins before this place. */
  #floor = 0;

  constructor(pattern: RegExp, { window = 4096, limit = 1000 }: WindowOptions = {}) {
    const flags = pattern.flags.replace(/[gd]/g, "") + "g";
    this.#pattern = new RegExp(pattern.source, flags);
    this.#inside = new RegExp(insideText(pattern), flags);
    this.#window = window;
    this.#limit = limit;
  }

  search(buffer: TextBuffer): Found | undefined {
    const from = Math.max(this.#floor, this.#looked - this.#window);
    // What is before the window is seen by what looks back.
    const seen = Math.max(0, from - this.#window - 1);
    const text = buffer.slice(seen);
    const found = this.#exec(seen === 0 ? this.#pattern : this.#inside, text, from - seen);
    if (!found) {
      this.#looked = buffer.length;
      return undefined;
    }
    const start = seen + found.index;
    return { start, end: start + found[0].length, groups: [...found], named: found.groups ?? Object.create(null) };
  }

  reset(): void {
    this.#looked = this.#floor = 0;
  }

  begin(_buffer: TextBuffer, place: number): void {
    this.#looked = this.#floor = place;
  }

  #exec(pattern: RegExp, text: string, from: number): RegExpExecArray | null {
    limited ??= loadLimited();
    try {
      return limited(() => {
        pattern.lastIndex = from;
        return pattern.exec(text);
      }, this.#limit);
    } catch (error) {
      if ((error as { code?: unknown } | undefined)?.code !== "ERR_SCRIPT_EXECUTION_TIMEOUT") throw error;
      throw new RangeError(
        `The search for /${this.#pattern.source}/ took more than ${this.#limit} ms and was given up: it goes back too often`,
        { cause: error },
      );
    }
  }
}

/** A place that `^` names, and that has something before it: in what is left of a text, its beginning is none. */
const INSIDE = "(?:^(?<=[^]))";

/** What to look for behind the beginning of a text: looking back, `^` would match where that was cut. */
function insideText({ source, unicodeSets }: RegExp): string {
  let depth = 0;
  return source.replace(/\\[^]|[[\]^]/g, (token) => {
    // With flag `v` classes have classes in them.
    if (token === "[") depth = unicodeSets ? depth + 1 : 1;
    else if (token === "]") depth = unicodeSets ? depth - 1 : 0;
    return token === "^" && depth === 0 ? INSIDE : token;
  });
}
