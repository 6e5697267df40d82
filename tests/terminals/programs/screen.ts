/** What a terminal has shown, for whoever waits for a text. */
import type { Pty } from "../../../lib/terminals/mod.ts";
import { within } from "../../support/mod.ts";

const encoder = new TextEncoder();

/** Bytes of a text. */
export function bytes(text: string): Uint8Array<ArrayBuffer> {
  return encoder.encode(text);
}

/**
 * Until the program `name` runs in the foreground: the shell says what it runs before it gives up the terminal, and ignores ^Z
 * until it executes the program.
 */
export async function runs(pty: Pty, name: string): Promise<void> {
  while (pty.foregroundName() !== name) await new Promise((resolve) => setTimeout(resolve, 1));
}

/** Reads a terminal. */
export class Screen {
  readonly #pty: Pty;
  readonly #buffer = new Uint8Array(65_536);
  readonly #decoder = new TextDecoder();
  #rest = "";

  constructor(pty: Pty) {
    this.#pty = pty;
  }

  /** What comes up to `text`, and that. What comes behind it waits. */
  async until(text: string): Promise<string> {
    for (let at; (at = this.#rest.indexOf(text)) < 0 || at + text.length > this.#rest.length;) {
      const missing = (what: unknown) =>
        new Error(`${what} in place of ${JSON.stringify(text)} after ${JSON.stringify(this.#rest)}`);
      const count = await this.#pty.read(this.#buffer, { timeout: within(10_000) }).catch((error) => {
        throw missing(error);
      });
      if (count === null) throw missing("The end");
      this.#rest += this.#decoder.decode(this.#buffer.subarray(0, count), { stream: true });
    }
    const end = this.#rest.indexOf(text) + text.length;
    const seen = this.#rest.slice(0, end);
    this.#rest = this.#rest.slice(end);
    return seen;
  }

  /** All that comes until the end. */
  async all(): Promise<string> {
    let text = this.#rest;
    this.#rest = "";
    for (let count; (count = await this.#pty.read(this.#buffer, { timeout: within(20_000) })) !== null;) {
      text += this.#decoder.decode(this.#buffer.subarray(0, count), { stream: true });
    }
    return text;
  }

  /** Type `text`, and wait for what it brings. */
  async type(text: string, answer: string): Promise<string> {
    await this.#pty.write(bytes(text));
    return await this.until(answer);
  }
}
