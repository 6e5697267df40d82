/** Programs in C that use POSIX queues, semaphores and shared memory, and what the system shows of those. */
import { FCNTL } from "../../ffi/abi/fcntl.ts";
import { open } from "../../ffi/fcntl.ts";
import { cString } from "../../ffi/memory.ts";
import { close, read } from "../../ffi/unistd.ts";
import { Peer, until } from "../pipes/fifo_folder.ts";
import { assertEquals, EMULATED, repository } from "../support/mod.ts";
import { readProc } from "../support/proc.ts";

/** What a test that runs the peer needs. */
export const PEER = { needs: ["gcc"], skip: EMULATED && "gcc makes programs of another machine there" };

let last = 0;

/** A name that no other object of this machine has. */
export function freshName(): string {
  return `/vasty-${Deno.pid}-${++last}`;
}

/** programs/posix_peer.c, compiled. */
export class PosixPeer implements AsyncDisposable {
  readonly #folder: string = Deno.makeTempDirSync();

  static async compile(): Promise<PosixPeer> {
    const peer = new PosixPeer();
    const source = repository("tests/sysv/programs/posix_peer.c");
    // glibc before 2.34 has the functions in libraries of their own.
    const args = ["-O1", "-Wall", "-Werror", "-o", peer.#path, source, "-lrt", "-lpthread"];
    const { success, stderr } = await new Deno.Command("gcc", { args }).output();
    if (!success) throw new Error(new TextDecoder().decode(stderr));
    return peer;
  }

  get #path(): string {
    return `${this.#folder}/posix_peer`;
  }

  /** What it prints; it has to end well. */
  async run(...args: (string | number)[]): Promise<string> {
    const { code, stdout } = await new Deno.Command(this.#path, { args: args.map(String), stdin: "null" }).output();
    const text = new TextDecoder().decode(stdout);
    assertEquals([code, code === 0 ? "" : text], [0, ""]);
    return text.trimEnd();
  }

  /** One that runs, and has said READY. */
  async start(...args: (string | number)[]): Promise<Peer> {
    const peer = new Peer(this.#path, args.map(String), "piped");
    await peer.says("READY");
    return peer;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.#folder, { recursive: true });
  }
}

/** What it has written after READY, at its end. */
export async function said(peer: Peer): Promise<string[]> {
  const text = await peer.text();
  await peer.child.stdin.close().catch(() => {});
  return text.trimEnd().split("\n").filter((line) => line !== "READY");
}

/** Until a peer that has said READY sleeps in the call that comes next. */
export async function asleep(peer: Peer): Promise<void> {
  await until(() => /\) S/.test(readProc(`/proc/${peer.child.pid}/stat`)));
}

/** How many wait for the semaphore: glibc counts them in it, in the upper half of the word that has its value. */
export function waiters(name: string): number {
  const fd = open(cString(`/dev/shm/sem.${name.slice(1)}`), FCNTL.O_RDONLY | FCNTL.O_CLOEXEC, 0);
  const words = new Uint32Array(2);
  read(fd, words, words.byteLength);
  close(fd);
  return words[1]!;
}

/** Until so many wait for it. */
export async function awaited(name: string, count = 1): Promise<void> {
  await until(() => waiters(name) === count);
}
