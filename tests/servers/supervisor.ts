/** A supervisor of another language, which is told by NOTIFY_SOCKET. */
import { type Child, spawn } from "../../lib/processes/mod.ts";
import { repository } from "../support/mod.ts";
import { Lines } from "./phoenix.ts";

/** What it was told. */
export interface Told {
  /** Who has said it, as the kernel knows. */
  pid: number;
  text: string;
  /** What the descriptors were that came with it. */
  fds: string[];
}

/** It runs until the end of the block, and the variable is this program's for as long. */
export class Supervisor implements AsyncDisposable {
  readonly #child: Child;
  readonly #lines: Lines;
  readonly #folder: string;

  private constructor(child: Child, folder: string) {
    this.#child = child;
    this.#folder = folder;
    this.#lines = new Lines(child.stdout);
  }

  /** Start one, at a path or under an abstract name. */
  static async start(at: "path" | "abstract" = "path"): Promise<Supervisor> {
    const folder = await Deno.makeTempDir();
    const place = at === "path" ? `${folder}/notify` : `@vasty${folder}`;
    const program = repository("tests/servers/programs/supervisor.py");
    const child = spawn(["/usr/bin/python3", program, place], { stdin: "null", stdout: "piped" });
    const supervisor = new Supervisor(child, folder);
    await supervisor.#lines.next();
    Deno.env.set("NOTIFY_SOCKET", place);
    return supervisor;
  }

  /** The next message. */
  async told(): Promise<Told> {
    return JSON.parse(await this.#lines.next());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    Deno.env.delete("NOTIFY_SOCKET");
    this.#child.kill("SIGKILL");
    await this.#child.status;
    await this.#lines.close();
    await Deno.remove(this.#folder, { recursive: true });
  }
}
