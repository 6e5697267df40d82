/**
 * A child of a child: the one begins a session and ends at once, the other goes on in that session without leading it.
 * A session's leader that opens a terminal may get it as its controlling one; nobody else does.
 */
import { CLONE } from "../../ffi/abi/sched.ts";
import { SIGNAL } from "../../ffi/abi/signal.ts";
import { ERRNO } from "../../ffi/abi/errno.ts";
import { PRCTL } from "../../ffi/abi/sys_prctl.ts";
import { newPipe } from "../../ffi/descriptors.ts";
import { Block } from "../../ffi/memory.ts";
import { prctl } from "../../ffi/sys_prctl.ts";
import { close, read } from "../../ffi/unistd.ts";
import { syscallError } from "../core/errors.ts";
import type { Steps } from "./execute.ts";
import { reap } from "./exit_watch.ts";

/** Whether orphans come to this program, and not to init; an emulator does not know, and how they end is not known there. */
function isSubreaper(): boolean {
  using block = new Block(4);
  prctl(PRCTL.PR_GET_CHILD_SUBREAPER, block.address, 0, 0, 0);
  return block.get(new Int32Array(1))[0] !== 0;
}

function setSubreaper(on: number): void {
  prctl(PRCTL.PR_SET_CHILD_SUBREAPER, on, 0, 0, 0);
}

export class SecondClone implements Disposable {
  readonly #reader: number;
  #writer: number;
  readonly #subreaper: boolean;

  /** What follows in `steps` is done by the second one alone. */
  constructor(steps: Steps) {
    const ends = newPipe();
    if (typeof ends === "number") throw syscallError("make a pipe", -ends, "pipe2");
    [this.#reader, this.#writer] = ends;
    this.#subreaper = isSubreaper();
    // An orphan is the child of the nearest subreaper, so its end can be seen and it can be reaped.
    if (!this.#subreaper) setSubreaper(1);
    const flags = CLONE.CLONE_VM | CLONE.CLONE_VFORK | SIGNAL.SIGCHLD;
    const pid = steps.place(new Int32Array(1));
    steps.add("leave the lead of its session", "SYS_clone", [flags, 0, 0, 0, 0], "leave");
    steps.add("ask for its pid", "SYS_getpid", [], "store", pid);
    steps.add("tell its pid", "SYS_write", [this.#writer, pid, 4]);
  }

  /** The pid of the second one, a child of this program now that the `first` is reaped; or -errno. */
  pid(program: string, first: number): number {
    // The leader's end makes its child ours; only when it can be reaped has that happened.
    reap(first, true);
    const told = this.#told();
    if (told !== undefined) return told;
    throw syscallError(`spawn ${JSON.stringify(program)}: leave the lead of its session`, ERRNO.ESRCH, "clone");
  }

  /** What the second one has told, if there was one. */
  #told(): number | undefined {
    close(this.#writer);
    this.#writer = -1;
    const told = new Int32Array(1);
    let rc: number;
    while ((rc = read(this.#reader, told, 4)) === -ERRNO.EINTR);
    return rc === 4 ? told[0] : undefined;
  }

  [Symbol.dispose](): void {
    // Where a step failed, or the program could not be executed, nobody has asked for the second one: it is a zombie of ours.
    const failed = this.#writer < 0 ? undefined : this.#told();
    if (failed !== undefined) reap(failed, true);
    if (!this.#subreaper) setSubreaper(0);
    close(this.#reader);
  }
}
