/** A folder with a FIFO, gone at the end of the block, and the programs that read and write it. */
import { mkfifo } from "../../lib/pipes/mod.ts";

export class FifoFolder implements Disposable {
  readonly folder: string = Deno.makeTempDirSync();
  readonly path: string = `${this.folder}/fifo`;

  constructor(fifo = true) {
    if (fifo) mkfifo(this.path);
  }

  get files(): string[] {
    return [...Deno.readDirSync(this.folder)].map(({ name }) => name).sort();
  }

  /** A shell that has the FIFO as $0, and what it writes. */
  shell(script: string): Peer {
    return new Peer("sh", ["-c", script, this.path]);
  }

  /** A Perl that has the FIFO as $ARGV[0], and what it writes. */
  perl(script: string): Peer {
    return new Peer("perl", ["-e", `$| = 1; ${script}`, this.path]);
  }

  [Symbol.dispose](): void {
    Deno.removeSync(this.folder, { recursive: true });
  }
}

/** A program that Deno has started, not the library, and its end. */
export class Peer implements AsyncDisposable {
  readonly child: Deno.ChildProcess;
  readonly #reader: ReadableStreamDefaultReader<string>;
  #text = "";

  constructor(program: string, args: string[], stdin: "null" | "piped" = "null") {
    this.child = new Deno.Command(program, { args, stdin, stdout: "piped" }).spawn();
    this.#reader = this.child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  }

  /** Until it has written `text`. */
  async says(text: string): Promise<void> {
    while (!this.#text.includes(text)) if (!await this.#more()) throw new Error(`It ended without ${text}`);
  }

  async #more(): Promise<boolean> {
    const { value, done } = await this.#reader.read();
    this.#text += value ?? "";
    return !done;
  }

  /** What it has written so far, as far as it was read. */
  get said(): string {
    return this.#text;
  }

  /** Write all that it gets on its standard input. */
  async write(text: string): Promise<void> {
    await new Blob([text]).stream().pipeTo(this.child.stdin);
  }

  /** All that it writes until its end. */
  async text(): Promise<string> {
    while (await this.#more());
    await this.child.status;
    return this.#text;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      this.child.kill("SIGKILL");
    } catch {
      // It has ended.
    }
    await this.text();
  }
}

/** What nothing announces: until `condition` holds. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 1));
}
