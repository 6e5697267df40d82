/** A program at the other end of a socket, whose standard input goes into it and whose standard output comes from it. */
import type { Socket } from "../../lib/sockets/mod.ts";
import { assertEquals } from "../support/mod.ts";
import { bytes, portOf, receiveAll, sendAll, SocketFolder, text } from "./loopback.ts";

/** A port of TCP or UDP that is free, for programs that cannot tell which one they got. */
export function freePort(type: "SOCK_STREAM" | "SOCK_DGRAM" = "SOCK_STREAM"): number {
  using folder = new SocketFolder();
  using one = folder.bound("PF_INET", type);
  return portOf(one.getsockname());
}

export class OtherEnd implements AsyncDisposable {
  readonly child: Deno.ChildProcess;
  readonly #errors: ReadableStreamDefaultReader<string>;
  readonly #output: ReadableStreamDefaultReader<string>;
  readonly #input: WritableStreamDefaultWriter<Uint8Array<ArrayBuffer>>;
  #said = "";
  #put = "";

  constructor([program, ...args]: readonly string[], options: Omit<Deno.CommandOptions, "args"> = {}) {
    const streams = { stdin: "piped", stdout: "piped", stderr: "piped" } as const;
    this.child = new Deno.Command(program!, { ...options, args, ...streams }).spawn();
    this.#errors = this.child.stderr.pipeThrough(new TextDecoderStream()).getReader();
    this.#output = this.child.stdout.pipeThrough(new TextDecoderStream()).getReader();
    this.#input = this.child.stdin.getWriter();
  }

  /** What `pattern` finds, once it has said so on its standard error output. */
  async says(pattern: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const found = pattern.exec(this.#said);
      if (found !== null) return found;
      const { value, done } = await this.#errors.read();
      if (done) throw new Error(`It ended without ${pattern}: ${this.#said}`);
      this.#said += value;
    }
  }

  /** What it has said so far on its standard error output, as far as it was read. */
  get said(): string {
    return this.#said;
  }

  /** Write to its standard input. */
  async put(line: string): Promise<void> {
    await this.#input.write(bytes(line));
  }

  /** End its standard input. */
  async end(): Promise<void> {
    await this.#input.close();
  }

  /** What has come from its standard output, once that has `part` in it, or the end without one. */
  async prints(part?: string): Promise<string> {
    while (part === undefined || !this.#put.includes(part)) {
      const { value, done } = await this.#output.read();
      if (done) {
        if (part === undefined) return this.#put;
        throw new Error(`It ended without ${part}: ${this.#put}${await this.#rest()}`);
      }
      this.#put += value;
    }
    return this.#put;
  }

  /** All that it has said on its standard error output. */
  async #rest(): Promise<string> {
    for (let piece; !(piece = await this.#errors.read()).done;) this.#said += piece.value;
    return this.#said;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      this.child.kill("SIGKILL");
    } catch {
      // It has ended.
    }
    await this.#input.close().catch(() => {});
    await this.prints();
    await this.#rest();
    await this.child.status;
  }
}

const LINES = (from: string) => Array.from({ length: 6_000 }, (_, i) => `line ${i} from ${from}\n`).join("");

/**
 * Over 100 KB there and back, and the end of each direction; at the same time, but where the program drops what it has to send
 * once the other direction has ended.
 */
export async function talk(one: Socket, end: OtherEnd, atOnce = true): Promise<void> {
  const [here, there] = [LINES("here"), LINES("there")];
  const hearing = Promise.all([receiveAll(one), end.put(there).then(() => end.end())]);
  if (!atOnce) await hearing;
  const [[got], printed] = await Promise.all([
    hearing,
    end.prints(),
    sendAll(one, bytes(here)).then(() => one.shutdown("write")),
  ]);
  assertEquals([text(got) === there, printed === here], [true, true]);
  assertEquals((await end.child.status).code, 0);
}
