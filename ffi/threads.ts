/**
 * Threads of our own that call libc: as many as there are calls in flight, each with a small stack and every signal
 * blocked but the kick. Frames travel to them and back through two pipes (see native/x86_64.S). When the thread that
 * runs JavaScript ends, as a Web Worker's does, the requests end, what blocks is interrupted, and the threads leave and
 * close what they had.
 */
import { CONTROL, FRAME } from "./abi/frame.ts";
import { ERRNO } from "./abi/errno.ts";
import { PTHREAD, PTHREAD_SIZE } from "./abi/pthread.ts";
import { SIGNAL_ACTION, SIGSET_SIZE } from "./abi/signal.ts";
import { newPipe, setNonBlocking } from "./descriptors.ts";
import { libc } from "./libc.ts";
import { Block, cString } from "./memory.ts";
import { native } from "./native/code.ts";
import {
  pthread_attr_destroy,
  pthread_attr_init,
  pthread_attr_setdetachstate,
  pthread_attr_setstacksize,
  pthread_create,
  pthread_setname_np,
} from "./pthread.ts";
import { pthread_sigmask, tgkill } from "./signal.ts";
import { kickInterrupts, kickSignal, signalRecord } from "./signal_record.ts";
import { atThreadExit } from "./thread_exit.ts";
import { close, read, write } from "./unistd.ts";

/** What /proc shows as the threads' name. */
export const THREAD_NAME = "vasty-worker";

/** Virtual memory; what is not touched costs nothing. */
const STACK_SIZE = 256 * 1024;

/** One call in flight. Its memory is the worker's until `returned` is called. */
export interface Call {
  readonly frame: Block;
  /** Gets the frame as it came back, in memory that the next one overwrites. */
  readonly returned: (frame: Int32Array) => void;
}

/** How many responses are taken at once. */
export const RESPONSES = 512;

const NONE = Int32Array.of(0);

type Ends = readonly [read: number, write: number];

export class Threads {
  /** JavaScript's ends of the pipes: requests are written to one, responses are read from the other. */
  readonly request: number;
  readonly response: number;
  /** The threads' end of the requests. */
  readonly requestEnd: number;
  readonly #control = new Block(CONTROL.SIZE);
  readonly #calls = new Map<number, Call>();
  /** The frames of those that are to end. */
  readonly #kicked = new Set<number>();
  #backlog: number[] = [];
  #alive = 0;
  /** Made once, since memory takes as long to make as a system call. */
  readonly #frame = new Int32Array(FRAME.SIZE / 4);
  readonly #address = new BigUint64Array(1);

  /**
   * No thread yet, but the pipes; -errno where they cannot be made, or no end of JavaScript's thread be seen. `more`: see
   * the constructor.
   */
  static create(more: readonly [number, number]): Threads | number {
    const requests = newPipe();
    const responses = newPipe();
    let rc = Math.min(...[requests, responses].map((pipe) => typeof pipe === "number" ? pipe : 0));
    if (typeof requests !== "number" && typeof responses !== "number") {
      const threads = new Threads(requests, responses, more);
      const watched = atThreadExit(native().leave, threads.#control.address);
      if (typeof watched !== "number") return threads;
      threads.#control.free();
      rc = watched;
    }
    for (const pipe of [requests, responses]) if (typeof pipe !== "number") pipe.forEach((fd) => close(fd));
    return rc;
  }

  /** `more` are two further descriptors that are closed when JavaScript is gone and the last thread has left. */
  private constructor(requests: Ends, responses: Ends, more: readonly [number, number]) {
    [this.requestEnd, this.request] = requests;
    [this.response] = responses;
    setNonBlocking(this.request, true);
    setNonBlocking(this.response, true);
    this.#control.put(Int32Array.of(this.requestEnd, responses[1], more[0], more[1]), CONTROL.REQUEST);
    this.#control.put(Int32Array.of(this.request), CONTROL.JAVASCRIPT);
    this.#control.put(BigInt64Array.of(BigInt(libc().symbol("__errno_location"))), CONTROL.ERRNO_LOCATION);
    this.#control.put(Int32Array.of(kickSignal()), CONTROL.KICK);
    this.#count(0);
    signalRecord();
  }

  /** Hand `call` to a thread, a new one if all are busy; 0, or -errno if it cannot begin. */
  begin(call: Call): number {
    this.#calls.set(call.frame.address, call);
    call.frame.put(NONE, FRAME.TID);
    if (this.#calls.size > this.#alive) {
      const rc = this.#grow();
      // Not left to the others, which are busy: they may be for ever, and until one of them has begun it it cannot be
      // cancelled.
      if (rc < 0) {
        this.#calls.delete(call.frame.address);
        return rc;
      }
    }
    this.#send(call.frame.address);
    return 0;
  }

  /** Interrupt `call`, or keep it from beginning. It may come too soon: to be repeated until the call returns. */
  kick(call: Call): void {
    call.frame.put(Int32Array.of(1), FRAME.CANCELLED);
    const [tid] = call.frame.get(new Int32Array(1), FRAME.TID);
    if (tid! <= 0 || !this.#calls.has(call.frame.address)) return;
    this.#kicked.add(call.frame.address);
    // Each time anew: another copy of the library may have set it back.
    kickInterrupts(true);
    tgkill(Deno.pid, tid!, kickSignal());
  }

  /** Take the responses that have come: whole addresses, since a pipe keeps writes of 8 bytes together. */
  drain(): void {
    const addresses = new BigUint64Array(RESPONSES);
    for (;;) {
      const length = read(this.response, addresses, addresses.byteLength);
      if (length <= 0) return;
      this.returned(addresses.subarray(0, length / 8));
    }
  }

  /** Complete the calls whose frames have these addresses. */
  returned(addresses: BigUint64Array): void {
    for (const address of addresses) {
      const call = this.#calls.get(Number(address));
      if (call === undefined) continue;
      this.#calls.delete(Number(address));
      if (this.#kicked.delete(Number(address)) && this.#kicked.size === 0) kickInterrupts(false);
      call.returned(call.frame.get(this.#frame));
    }
    for (const address of this.#backlog.splice(0)) this.#send(address);
  }

  /** End the threads that are idle beyond one, or beyond as many as are busy. */
  trim(): void {
    const keep = Math.max(1, this.#calls.size) + this.#calls.size;
    while (this.#alive > keep) {
      this.#count(this.#alive - 1);
      this.#send(0);
    }
  }

  #send(address: number): void {
    this.#address[0] = BigInt(address);
    const rc = write(this.request, this.#address, 8);
    if (rc === -ERRNO.EAGAIN) this.#backlog.push(address);
  }

  #grow(): number {
    // Counted before it exists, lest it be the last one to leave before it was counted.
    this.#count(this.#alive + 1);
    const rc = startThread(native().worker, this.#control.address);
    if (rc < 0) this.#count(this.#alive - 1);
    return rc;
  }

  /** JavaScript counts as well. The threads change the number only once that, which does it here, is gone. */
  #count(alive: number): void {
    this.#alive = alive;
    this.#control.put(Int32Array.of(alive + 1), CONTROL.ALIVE);
  }
}

/** A detached thread; it inherits the mask that this thread has for the moment. */
function startThread(routine: number, argument: number): number {
  const mask = new Uint8Array(SIGSET_SIZE).fill(0xff);
  const bit = kickSignal() - 1;
  mask[bit >> 3]! &= ~(1 << (bit & 7));
  const before = new Uint8Array(SIGSET_SIZE);
  const thread = new BigUint64Array(1);
  using attributes = new Block(PTHREAD_SIZE.pthread_attr_t);
  pthread_attr_init(attributes.address);
  pthread_attr_setdetachstate(attributes.address, PTHREAD.PTHREAD_CREATE_DETACHED);
  pthread_attr_setstacksize(attributes.address, STACK_SIZE);
  pthread_sigmask(SIGNAL_ACTION.SIG_SETMASK, mask, before);
  const rc = pthread_create(thread, attributes.address, routine, argument);
  pthread_sigmask(SIGNAL_ACTION.SIG_SETMASK, before, null);
  pthread_attr_destroy(attributes.address);
  if (rc === 0) pthread_setname_np(Number(thread[0]), cString(THREAD_NAME));
  return rc;
}

/** The frame of a call of the function at `address`. */
export function newFrame(address: number, args: readonly number[]): Block {
  const image = new BigInt64Array(FRAME.SIZE / 8);
  image[FRAME.FN / 8] = BigInt(address);
  args.forEach((value, i) => image[FRAME.ARGUMENTS / 8 + i] = BigInt(value));
  const frame = new Block(FRAME.SIZE);
  frame.put(image);
  return frame;
}
