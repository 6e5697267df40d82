/** Servers with children, for the tests of both modes. */
import type { ServeHandlers, ServeMode, ServeOptions } from "../../lib/servers/mod.ts";
import { Pidfd } from "../../lib/signals/mod.ts";
import type { Connection } from "../../lib/sockets/mod.ts";
import { OtherEnd } from "../sockets/other_end.ts";
import { assert, assertEquals, denoCommand, repository, within } from "../support/mod.ts";
import { readProc } from "../support/proc.ts";
import { HERE, Served } from "./served.ts";

/** Exports of the programs of the tests. */
export function exported(name: string, ...args: unknown[]) {
  const file = name in FORKED ? "forked" : "preforked";
  return { module: new URL(`programs/${file}_exports.ts`, import.meta.url), export: name, args };
}

const FORKED = { capitals: true, throws: true, delegates: true };

/** A file which, while it is there, keeps the children from coming up that run `leave`; each adds a letter to it. */
export class Deadly implements Disposable {
  readonly #folder = Deno.makeTempDirSync();
  readonly #file = `${this.#folder}/deaths`;

  get child() {
    const module = new URL(`programs/dies_loading.ts?file=${this.#file}`, import.meta.url);
    return { module, export: "leave", permissions: { write: [this.#file] } };
  }

  begin(): void {
    Deno.writeTextFileSync(this.#file, "");
  }

  /** Until so many have died. */
  async deaths(count: number): Promise<void> {
    for (const late = performance.now() + within(60_000); Deno.readTextFileSync(this.#file).length < count;) {
      assert(performance.now() < late, `${count} children have not died`);
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  }

  [Symbol.dispose](): void {
    Deno.removeSync(this.#folder, { recursive: true });
  }
}

/** A server in this process. */
export function served(mode: ServeMode, handlers: ServeHandlers, options: ServeOptions = {}): Promise<Served> {
  return Served.at(HERE, handlers, { mode, ...options });
}

/** All that a client is sent, whose input is `text`. */
export async function answer(server: Served, text = ""): Promise<string> {
  await using client = await server.client();
  await client.write(new TextEncoder().encode(text));
  await client.closeWrite();
  return new TextDecoder().decode(await client.readAll({ timeout: within(5_000) }));
}

/** The process id in the next line. */
export async function pidOf(client: Connection): Promise<number> {
  return Number(/\d+/.exec(await client.readLine({ timeout: within(5_000) }) ?? "")?.[0]);
}

/** The state of a process: "" if there is none. */
export function stateOf(pid: number): string {
  return /\) (\w)/.exec(readProc(`/proc/${pid}/stat`))?.[1] ?? "";
}

/** Until a process that is no child of ours has ended. */
export async function gone(pid: number): Promise<void> {
  if (stateOf(pid) === "") return;
  using process = Pidfd.open(pid);
  await process.exited({ timeout: within(5_000) });
}

/** No child of this process is a zombie. */
export function assertNoZombie(pids: readonly number[]): void {
  assertEquals(pids.filter((pid) => stateOf(pid) === "Z"), []);
}

/** A server in a process of its own, and its port. */
export async function serving(mode: ServeMode, child: unknown): Promise<{ end: OtherEnd; port: number }> {
  const file = repository("tests/servers/programs/serving_in_children.ts");
  const flags = ["--allow-net=127.0.0.1", `--allow-run=${Deno.execPath()},cat`];
  const end = new OtherEnd(denoCommand(file, { flags, args: [mode, JSON.stringify(child)] }));
  return { end, port: Number(await end.prints("\n")) };
}
