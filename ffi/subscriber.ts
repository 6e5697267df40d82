/**
 * This copy's place among those who get the process's signals: what it wants, a ring of records that `catcher` writes, and
 * a pipe that it wakes by. They belong to the process: whoever leaves, leaves them to the next.
 */
import { CATCHER, RING, SUBSCRIBER } from "./abi/frame.ts";
import { newPipe, setNonBlocking } from "./descriptors.ts";
import { libc } from "./libc.ts";
import { textOf } from "./proc.ts";
import { pthread_mutex_trylock, pthread_mutex_unlock } from "./pthread.ts";
import { signalRecord } from "./signal_record.ts";
import { atThreadExit } from "./thread_exit.ts";
import { close, gettid, read, write } from "./unistd.ts";

/** EAGAIN: all places are taken. */
const NO_PLACE = -11;
/** Records that are copied at once. */
const BATCH = 1024;

/** A signal as it was caught. */
export interface Arrival {
  readonly thread: number;
  /** The first 48 bytes of the siginfo_t; its memory is used again for the next record. */
  readonly info: DataView;
}

/** Why somebody gets a signal: to handle it, to hold it back, or to act before it does what it does by default. */
export type Purpose = "handle" | "hold" | "act last";

export class Subscriber {
  /** Where its place is. */
  readonly address: number;
  readonly #ring: number;
  /** The pipe's end that becomes readable. */
  readonly readingEnd: number;
  readonly #bits = { wanted: 0n, last: 0n, held: 0n };
  /** Records ever taken. */
  #read: number;
  readonly #batch = new DataView(new ArrayBuffer(BATCH * RING.RECORD));

  /** Take a free place, until `left` is called at the isolate's end; -errno if there is none, or no pipe or memory for it. */
  static claim(left: () => void): Subscriber | number {
    const { data, forsake } = signalRecord();
    for (const offset of offsets) {
      const address = data + offset;
      if (pthread_mutex_trylock(address + SUBSCRIBER.MUTEX) !== 0) continue;
      const rc = word(address + SUBSCRIBER.RING) === 0 ? furnish(address) : 0;
      const stay = rc < 0 ? rc : atThreadExit(forsake, address);
      if (typeof stay === "number") {
        pthread_mutex_unlock(address + SUBSCRIBER.MUTEX);
        return stay;
      }
      const subscriber = new Subscriber(address);
      // A thread may go on after its isolate, as those of `deno test` do.
      globalThis.addEventListener("unload", () => {
        stay();
        subscriber.#leave();
        left();
      });
      return subscriber;
    }
    return NO_PLACE;
  }

  private constructor(address: number) {
    this.address = address;
    this.#ring = word(address + SUBSCRIBER.RING);
    this.readingEnd = int(address + SUBSCRIBER.READING_END);
    this.#read = word(address + SUBSCRIBER.WRITTEN);
    put(address + SUBSCRIBER.READ, this.#read);
    this.#putBits();
    libc().put(address + SUBSCRIBER.THREAD, Int32Array.of(gettid()), 4);
    if (isOfPool()) libc().put(signalRecord().data + CATCHER.POOL, Uint8Array.of(1), 1);
  }

  /** As `forsake` does it when the thread ends. */
  #leave(): void {
    putBits(this.address + SUBSCRIBER.WANTED, 0n);
    libc().put(this.address + SUBSCRIBER.THREAD, new Int32Array(1), 4);
    pthread_mutex_unlock(this.address + SUBSCRIBER.MUTEX);
  }

  /** What it wants `signal` for, if it does, which counts from the next one that is caught. */
  want(signal: number, purpose: Purpose | undefined): void {
    const bit = 1n << BigInt(signal - 1);
    const changed = (bits: bigint, on: boolean) => on ? bits | bit : bits & ~bit;
    const bits = this.#bits;
    bits.wanted = changed(bits.wanted, purpose !== undefined);
    bits.last = changed(bits.last, purpose === "act last");
    bits.held = changed(bits.held, purpose === "hold");
    if (purpose !== undefined) putBits(signalRecord().data + CATCHER.EVER, everWanted() | bit);
    this.#putBits();
  }

  #putBits(): void {
    putBits(this.address + SUBSCRIBER.LAST, this.#bits.last);
    putBits(this.address + SUBSCRIBER.HELD, this.#bits.held);
    putBits(this.address + SUBSCRIBER.WANTED, this.#bits.wanted);
  }

  /** Take the records that have come. `each` must not throw. */
  drain(each: (arrival: Arrival) => void): void {
    for (;;) {
      const written = word(this.address + SUBSCRIBER.WRITTEN);
      const at = this.#read % RING.RECORDS;
      const count = Math.min(written - this.#read, BATCH, RING.RECORDS - at);
      if (count === 0) return;
      libc().get(this.#batch, this.#ring + at * RING.RECORD, count * RING.RECORD);
      const taken = this.#take(count, each);
      put(this.address + SUBSCRIBER.READ, this.#read);
      // A handler on another thread is about to publish the next one, and wakes us then; as does what comes from now on.
      if (taken < count || this.#read === written) return;
    }
  }

  #take(count: number, each: (arrival: Arrival) => void): number {
    for (let i = 0; i < count; i++) {
      const at = i * RING.RECORD;
      if (Number(this.#batch.getBigUint64(at + RING.NUMBER, true)) !== this.#read + 1) return i;
      this.#read++;
      const info = new DataView(this.#batch.buffer, at + RING.SIGINFO, RING.SIGINFO_LENGTH);
      each({ thread: this.#batch.getInt32(at + RING.THREAD, true), info });
    }
    return count;
  }

  /** Take the bytes that woke us, for whoever does not wait by Deno's loop. */
  quiet(): void {
    const bytes = new Uint8Array(4_096);
    while (read(this.readingEnd, bytes, bytes.length) === bytes.length);
  }
}

/** Whether this thread is one of Deno's pool, where another program may run next. */
function isOfPool(): boolean {
  const name = textOf("/proc/thread-self/comm");
  return typeof name === "string" && name.startsWith("tokio-r");
}

/** A ring and a pipe for a place that never had them. */
function furnish(address: number): number {
  const pipe = newPipe();
  if (typeof pipe === "number") return pipe;
  const ring = libc().map(RING.RECORDS * RING.RECORD);
  if (ring === 0) {
    pipe.forEach((end) => close(end));
    return NO_PLACE;
  }
  for (const end of pipe) setNonBlocking(end, true);
  libc().put(address + SUBSCRIBER.READING_END, Int32Array.of(pipe[0]), 4);
  libc().put(address + SUBSCRIBER.WRITING_END, Int32Array.of(pipe[1]), 4);
  put(address + SUBSCRIBER.RING, ring);
  return 0;
}

/** The record with all its subscribers, copied at once. */
function snapshot(): DataView {
  libc().get(copy, signalRecord().data, copy.byteLength);
  return copy;
}

const copy = new DataView(new ArrayBuffer(CATCHER.SUBSCRIBERS + SUBSCRIBER.COUNT * SUBSCRIBER.SIZE));
/** Where each subscriber begins in it. */
const offsets = Array.from({ length: SUBSCRIBER.COUNT }, (_, i) => CATCHER.SUBSCRIBERS + i * SUBSCRIBER.SIZE);

/** What any subscriber of the process wants, but for `except`. */
export function wantedByAny(except?: Subscriber): bigint {
  const record = snapshot();
  const others = offsets.filter((at) => signalRecord().data + at !== except?.address);
  return others.reduce((wanted, at) => wanted | record.getBigUint64(at + SUBSCRIBER.WANTED, true), 0n);
}

/** What each of them that wants `signal` wants it for, and on which thread it runs; but for `except`. */
export function purposesOf(signal: number, except?: Subscriber): { purpose: Purpose; thread: number }[] {
  const record = snapshot();
  const has = (offset: number) => (record.getBigUint64(offset, true) >> BigInt(signal - 1) & 1n) === 1n;
  const wanting = offsets.filter((at) => has(at + SUBSCRIBER.WANTED) && signalRecord().data + at !== except?.address);
  return wanting.map((at) => ({
    purpose: has(at + SUBSCRIBER.LAST) ? "act last" : has(at + SUBSCRIBER.HELD) ? "hold" : "handle",
    thread: record.getInt32(at + SUBSCRIBER.THREAD, true),
  }));
}

/** Have all of them look at what has changed, but for `except`. */
export function wakeOthers(except?: Subscriber): void {
  const record = snapshot();
  for (const at of offsets) {
    const alive = record.getInt32(at + SUBSCRIBER.THREAD, true) !== 0 && signalRecord().data + at !== except?.address;
    if (alive) write(record.getInt32(at + SUBSCRIBER.WRITING_END, true), new Uint8Array(1), 1);
  }
}

/** What any of them, gone or not, has ever wanted. */
export function everWanted(): bigint {
  return snapshot().getBigUint64(CATCHER.EVER, true);
}

/** The threads that hold signals back, since a ring was nearly full; they count as told to let them in. */
export function threadsHoldingBack(): number[] {
  const { data } = signalRecord();
  if (int(data + CATCHER.HELD_BACK) === 0) return [];
  libc().put(data + CATCHER.HELD_BACK, Int32Array.of(0), 4);
  const record = snapshot();
  const main = [CATCHER.MAIN_HOLDS_BACK, Deno.pid] as const;
  const others = offsets.map((at) =>
    [at + SUBSCRIBER.HELD_BACK, record.getInt32(at + SUBSCRIBER.THREAD, true)] as const
  );
  return [main, ...others].filter(([flag]) => record.getInt32(flag, true) !== 0).map(([flag, thread]) => {
    libc().put(data + flag, Int32Array.of(0), 4);
    return thread;
  });
}

const word64 = new BigUint64Array(1);
const word32 = new Int32Array(1);

function word(address: number): number {
  libc().get(word64, address, 8);
  return Number(word64[0]);
}

function int(address: number): number {
  libc().get(word32, address, 4);
  return word32[0]!;
}

function putBits(address: number, bits: bigint): void {
  word64[0] = bits;
  libc().put(address, word64, 8);
}

function put(address: number, value: number): void {
  putBits(address, BigInt(value));
}
