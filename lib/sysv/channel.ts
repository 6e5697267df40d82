/** Channels: messages from process to process through shared memory. */
import { ERRNO } from "../../ffi/abi/errno.ts";
import { tellClosing } from "../core/closing.ts";
import { ClosedError, syscallError } from "../core/errors.ts";
import { channelError, type ChannelName, channelText } from "./channel_errors.ts";
import { ChannelMemory, segmentSize } from "./channel_memory.ts";
import type { ChannelEnd } from "./channel_end.ts";
import { ChannelReader } from "./channel_reader.ts";
import { ChannelSide, INITIAL } from "./channel_side.ts";
import { ChannelWriter } from "./channel_writer.ts";
import type { IpcCreateOptions } from "./ipc_object.ts";
import { IPC_PRIVATE } from "./key.ts";
import { SemaphoreSet } from "./semaphore_set.ts";
import { SharedMemory } from "./shared_memory.ts";
import { waitForSync } from "./wait.ts";

/** How a channel is made. */
export interface ChannelCreateOptions extends IpcCreateOptions {
  /**
   * Bytes that it holds; a message takes its length, rounded up to 8, and 8 more. One that is there keeps what it has.
   * @default {4194304}
   */
  capacity?: number;
}

/** How it is with a channel at the moment. */
export interface ChannelStat {
  /** Bytes that it holds. */
  readonly capacity: number;
  /** Bytes that are taken by messages that nobody has received. */
  readonly used: number;
  /** Writers that are open, in all processes. */
  readonly writers: number;
  /** Readers that are open, in all processes. */
  readonly readers: number;
}

/**
 * A channel: a bounded ring in shared memory through which messages go from any number of writers to any number of readers, in
 * whatever processes. A message arrives whole, once, at one reader, and those of one writer in their order. Whoever has
 * nothing to do sleeps; a writer waits while the ring is full.
 *
 * The kernel tells of a death by SEM_UNDO, within milliseconds: readers come to the end of what there is and learn that
 * the last writer has died (`ECONNRESET`), or that all have closed (the end); writers get `EPIPE` when the last reader is
 * gone. A writer or reader that is killed at any moment damages nothing: what it had not published is lost, what it had not
 * received stays. One that is stopped (SIGSTOP) in the middle holds up the others of its side until it goes on, and a Web
 * Worker that is terminated closes nothing: for the kernel its ends are there until the process ends.
 *
 * It consists of System V shared memory and a set of semaphores with the same key. {@linkcode Channel.close}, or the end
 * of a `using` block, closes what was opened here, and leaves the channel, until {@linkcode Channel.remove}.
 *
 * @example
 * ```ts
 * import { Channel, IPC_PRIVATE } from "@vasty/vasty";
 *
 * using channel = Channel.create(IPC_PRIVATE, { capacity: 65_536 });
 * using reader = channel.reader();
 * await using writer = channel.writer();
 * await writer.send("hello");
 * console.assert(new TextDecoder().decode((await reader.receive())!) === "hello");
 * channel.remove();
 * ```
 * @see shmget(2), semop(2), sysvipc(7)
 */
export class Channel implements Disposable {
  readonly #shared: SharedMemory;
  readonly #set: SemaphoreSet;
  readonly #memory: ChannelMemory;
  readonly #name: ChannelName;
  readonly #ends = new Set<ChannelReader | ChannelWriter>();
  #closed = false;

  private constructor(shared: SharedMemory, set: SemaphoreSet) {
    this.#shared = shared;
    this.#set = set;
    this.#name = { key: shared.key, id: shared.id };
    this.#memory = memoryOf(shared);
    this.#memory.set = set.id;
  }

  /**
   * The channel with this key, made if there is none.
   *
   * @param key A key of 32 bits, see {@linkcode ftok}, or {@linkcode IPC_PRIVATE} for a new one without a key.
   * @param options Its size and mode.
   * @returns The channel; its caller closes it.
   * @throws {SyscallError} `EEXIST` if it is there and was to be made exclusively; `EACCES` as another user; `ENOSPC`, `ENOMEM` if
   * the system has no more; `EINVAL` if memory with this key is there that is no channel.
   * @throws {RangeError} if the key, the capacity or the mode is none.
   */
  static create(key: number, options: ChannelCreateOptions = {}): Channel {
    const { capacity = 4_194_304, ...rest } = options;
    if (!Number.isSafeInteger(capacity) || capacity < 16) {
      throw new RangeError(`capacity must be an integer from 16 on: ${capacity}`);
    }
    const shared = createShared(key, segmentSize(capacity), rest);
    return opened(shared, () => {
      claim(shared);
      const set = SemaphoreSet.create(key, INITIAL.length, { mode: rest.mode, initial: INITIAL });
      return new Channel(shared, set);
    });
  }

  /**
   * The channel with this key.
   *
   * @param key Its key.
   * @returns The channel; its caller closes it.
   * @throws {SyscallError} `ENOENT` if there is none; `EACCES` as another user; `EINVAL` if what is there is no channel.
   * @throws {RangeError} if the key is none.
   */
  static open(key: number): Channel {
    const shared = SharedMemory.open(key);
    return opened(shared, () => {
      claim(shared);
      return new Channel(shared, SemaphoreSet.create(key, INITIAL.length, { initial: INITIAL }));
    });
  }

  /**
   * The channel with this id, which another process was told.
   *
   * @param id Its {@linkcode Channel.id}.
   * @returns The channel; its caller closes it.
   * @throws {SyscallError} `EINVAL` or `EIDRM` if there is none; `EACCES` as another user.
   * @throws {RangeError} if the id is none.
   */
  static fromId(id: number): Channel {
    const shared = SharedMemory.fromId(id);
    return opened(shared, () => {
      const { isChannel, set } = memoryOf(shared);
      if (!isChannel || set < 0) throw noChannel(shared);
      return new Channel(shared, SemaphoreSet.fromId(set));
    });
  }

  /** The number that it is opened by where the key is not known: that of its memory. */
  get id(): number {
    return this.#shared.id;
  }

  /** Its key, from 0 on; 0 for a private one. */
  get key(): number {
    return this.#shared.key;
  }

  /**
   * An end that receives.
   *
   * @returns The reader; its caller closes it.
   * @throws {SyscallError} `EIDRM` if the channel was removed; `ENOSPC` if the system has no more undo structures.
   * @throws {ClosedError} if the channel is closed here.
   */
  reader(): ChannelReader {
    return this.#attach("readers", (end) => new ChannelReader(end));
  }

  /**
   * An end that sends. Before the first reader has come, what it sends stays in the channel.
   *
   * @returns The writer; its caller closes it.
   * @throws {SyscallError} `EIDRM` if the channel was removed; `ENOSPC` if the system has no more undo structures.
   * @throws {ClosedError} if the channel is closed here.
   */
  writer(): ChannelWriter {
    return this.#attach("writers", (end) => new ChannelWriter(end));
  }

  #attach<End extends ChannelReader | ChannelWriter>(
    which: "writers" | "readers",
    make: (end: ChannelEnd) => End,
  ): End {
    this.#check();
    const [memory, name] = [this.#memory, this.#name];
    const [writers, readers] = [
      new ChannelSide(this.#set.id, memory, "writers"),
      new ChannelSide(this.#set.id, memory, "readers"),
    ];
    const side = which === "writers" ? writers : readers;
    lockSync(side, name);
    const rc = side.attach();
    if (which === "readers" && rc === 0) memory.store("READERS", side.count);
    side.unlock();
    if (rc < 0) throw channelError("open an end of", name, -rc);
    const end: End = make({ name, memory, writers, readers, closed: () => this.#ends.delete(end) });
    this.#ends.add(end);
    return end;
  }

  /**
   * How it is with it at the moment.
   *
   * @throws {SyscallError} `EIDRM` if the channel was removed.
   * @throws {ClosedError} if it is closed.
   */
  stat(): ChannelStat {
    this.#check();
    const memory = this.#memory;
    const count = (which: "writers" | "readers") => {
      const { count } = new ChannelSide(this.#set.id, memory, which);
      if (count < 0) throw channelError("ask about", this.#name, -count);
      return count;
    };
    const { head } = memory;
    return {
      capacity: memory.capacity,
      used: Math.max(0, memory.tail - head),
      writers: count("writers"),
      readers: count("readers"),
    };
  }

  /**
   * Remove it from the system: all who wait get `EIDRM`, and so does whoever sends or receives afterwards.
   *
   * @throws {SyscallError} `EPERM` if it is not the caller's; `EIDRM` or `EINVAL` if it is removed already.
   * @throws {ClosedError} if it is closed.
   */
  remove(): void {
    this.#check();
    this.#set.remove();
    this.#shared.remove();
  }

  /**
   * Let go of it, and close the ends that are open here: what their writers have not published is lost. The second time does
   * nothing.
   */
  close(): void {
    if (this.#closed) return;
    for (const end of [...this.#ends]) end instanceof ChannelReader ? end.close() : end.abandon();
    this.#closed = true;
    tellClosing(this);
    this.#set.close();
    this.#shared.detach();
  }

  /** The same as {@linkcode Channel.close}. */
  [Symbol.dispose](): void {
    this.close();
  }

  #check(): void {
    if (this.#closed) throw new ClosedError("The channel is closed");
  }
}

/** The memory with this key, of whatever size it is. */
function createShared(key: number, size: number, options: IpcCreateOptions): SharedMemory {
  for (;;) {
    try {
      return SharedMemory.create(key, size, { ...options, exclusive: true });
    } catch (error) {
      if (options.exclusive || key === IPC_PRIVATE || !(error instanceof Deno.errors.AlreadyExists)) throw error;
    }
    try {
      return SharedMemory.open(key);
    } catch (error) {
      // It was removed between the two calls.
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
}

/** What `open` makes; the memory is let go of if it fails. */
function opened(shared: SharedMemory, open: () => Channel): Channel {
  try {
    return open();
  } catch (error) {
    if (shared.created) shared.remove();
    shared.detach();
    throw error;
  }
}

function memoryOf(shared: SharedMemory): ChannelMemory {
  return new ChannelMemory(shared.addressOf(0, shared.size), shared.size);
}

/** Make sure that it is a channel, or all zeros, which it becomes one of. */
function claim(shared: SharedMemory): void {
  if (!memoryOf(shared).claim()) throw noChannel(shared);
}

function noChannel({ key, id }: SharedMemory): Error {
  return syscallError(`open ${channelText({ key, id })}: what is there is no channel`, ERRNO.EINVAL, "shmat", { key });
}

/** Others hold it for as long as one message takes. */
function lockSync(side: ChannelSide, name: ChannelName): void {
  for (let rc; (rc = side.lockNow()) !== 0;) {
    if (rc !== -ERRNO.EAGAIN) throw channelError("open an end of", name, -rc);
    using call = side.unlocked();
    waitForSync(call, {}, () => {});
  }
}
