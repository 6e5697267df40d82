/** A folder with a file to lock, gone at the end of the block, and the programs that lock it. */
import { identityBehind } from "../../ffi/sys_stat.ts";
import { parseLocks } from "../../lib/locks/holders.ts";
import type { LockHolder } from "../../mod.ts";
import { Peer, until } from "../pipes/fifo_folder.ts";
import { readProc } from "../support/proc.ts";

/** Programs that take a lock, say READY, and let go of it when their input ends. */
const HOLDERS: Record<string, (path: string) => [program: string, args: string[]]> = {
  "flock": (path) => ["flock", [path, "sh", "-c", "echo READY; exec cat"]],
  "perl": (path) => ["perl", [
    "-e",
    '$| = 1; open(F, "+<", shift) or die; flock(F, 2) or die; print "READY\n"; <STDIN>; flock(F, 8); print "FREE\n"; <STDIN>',
    path,
  ]],
  "python3": (path) => ["python3", ["-c", python("fcntl.flock(f, fcntl.LOCK_EX)"), path]],
  // Of bytes, for the process: closing any descriptor for the file drops it.
  "lockf": (path) => ["python3", ["-c", python("fcntl.lockf(f, fcntl.LOCK_EX, 10, 100)"), path]],
  "shared lockf": (path) => ["python3", ["-c", python("fcntl.lockf(f, fcntl.LOCK_SH)"), path]],
};

export function python(lock: string): string {
  return [
    "import fcntl, sys",
    "f = open(sys.argv[1], 'r+')",
    lock,
    "print('READY', flush=True)",
    "for line in sys.stdin: exec(line)",
  ].join("\n");
}

/** Such a program; what it reads is closed with it. */
export class Holder extends Peer {
  override async [Symbol.asyncDispose](): Promise<void> {
    await super[Symbol.asyncDispose]();
    // It may have been closed by write().
    await this.child.stdin.close().catch(() => {});
  }

  /** Have it run a line, without ending its input. */
  async tells(line: string): Promise<void> {
    const writer = this.child.stdin.getWriter();
    await writer.write(new TextEncoder().encode(`${line}\n`));
    writer.releaseLock();
  }
}

export class LockFolder implements Disposable {
  readonly folder: string = Deno.makeTempDirSync();
  readonly path: string = `${this.folder}/lock`;

  constructor(text = "") {
    Deno.writeTextFileSync(this.path, text);
  }

  /** A program of another kind that holds a lock by now. */
  async heldBy(kind: string): Promise<Holder> {
    const peer = new Holder(...HOLDERS[kind]!(this.path), "piped");
    await peer.says("READY");
    return peer;
  }

  /** What the kernel says of the file's locks. */
  get locks(): LockHolder[] {
    const file = identityBehind(this.path);
    return typeof file === "number" ? [] : parseLocks(readProc("/proc/locks"), file.id);
  }

  /** How many wait for a lock of the file. */
  get waiters(): number {
    const file = identityBehind(this.path);
    if (typeof file === "number") return 0;
    return parseLocks(readProc("/proc/locks").replaceAll(/^(\d+:) +-> /gm, "$1 "), file.id).length - this.locks.length;
  }

  /** Until so many wait in the kernel. */
  async awaited(count = 1): Promise<void> {
    await until(() => this.waiters === count);
  }

  [Symbol.dispose](): void {
    Deno.removeSync(this.folder, { recursive: true });
  }
}
