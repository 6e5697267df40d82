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
  #window: number;
  #limit: number;
  #looked = 0;

  constructor(pattern: RegExp, { window = 4096, limit = 1000 }: WindowOptions = {}) {
    this.#pattern = new RegExp(pattern.source, pattern.flags.replace(/[gd]/g, "") + "g");
    this.#window = window;
    this.#limit = limit;
  }

  search(buffer: TextBuffer): Found | undefined {
    const from = Math.max(0, this.#looked - this.#window);
    // What is before the window is seen by what looks back, and keeps `^` from matching where the window begins.
    const seen = Math.max(0, from - this.#window - 1);
    const text = buffer.slice(seen);
    const found = this.#exec(text, from - seen);
    if (!found) {
      this.#looked = buffer.length;
      return undefined;
    }
    const start = seen + found.index;
    return { start, end: start + found[0].length, groups: [...found], named: found.groups ?? Object.create(null) };
  }

  reset(): void {
    this.#looked = 0;
  }

  #exec(text: string, from: number): RegExpExecArray | null {
    limited ??= loadLimited();
    try {
      return limited(() => {
        this.#pattern.lastIndex = from;
        return this.#pattern.exec(text);
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
