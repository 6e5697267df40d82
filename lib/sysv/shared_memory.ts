/** System V shared memory. */
import { IPC } from "../../ffi/abi/sys_ipc.ts";
import { SHM } from "../../ffi/abi/sys_shm.ts";
import { shmctl, shmdt } from "../../ffi/sys_shm.ts";
import { check } from "../core/errors.ts";
import {
  attachFound,
  type Attachment,
  createAttachment,
  known,
  memoryName,
  openAttachment,
  type SharedMemoryCreateOptions,
  type SharedMemoryOptions,
} from "./attachment.ts";
import { checkId, type IpcOwnerChange } from "./ipc_object.ts";
import { IPC_PRIVATE } from "./key.ts";
import { changeStat, readStat, type SharedMemoryStat } from "./shared_memory_stat.ts";
import { SharedWords } from "./shared_words.ts";

/**
 * System V shared memory, attached to this process: bytes that all who attach it see at once, whatever program they are. It is found by its
 * key, or by its id. It stays, with what is in it, until somebody removes it: {@linkcode SharedMemory.detach}, or the end
 * of a `using` block or of the process, only lets go of it.
 *
 * What is read and written is copied; {@linkcode SharedMemory.view} is the memory itself. Nothing keeps others out
 * meanwhile: words of 32 bits are changed as one by `add`, `exchange` and `compareExchange`, and waited for by `wait`.
 *
 * @example
 * ```ts
 * import { IPC_PRIVATE, SharedMemory } from "@vasty/vasty";
 *
 * using memory = SharedMemory.create(IPC_PRIVATE, 4096);
 * memory.write("hello");
 * console.assert(new TextDecoder().decode(memory.read(5)) === "hello");
 * memory.remove();
 * ```
 * @see shmget(2), shmat(2), shmctl(2), sysvipc(7)
 */
export class SharedMemory extends SharedWords {
  /** The number that it is used by, in all processes. */
  readonly id: number;
  /** The key that it was found by, from 0 on; 0 for a private one, or one that was removed. */
  readonly key: number;
  /** Whether this call has made it: it is full of zeros then. */
  readonly created: boolean;

  /** @ignore */
  constructor({ id, key, created, readOnly, address, size }: Attachment) {
    super({ address, size, readOnly, name: memoryName(id, key), unmap: (address) => void shmdt(address) });
    this.id = id;
    this.key = key;
    this.created = created;
  }

  /**
   * Attach the memory with this key, and make it if there is none. New memory is full of zeros.
   *
   * @param key Its key: a number of 32 bits, such as {@linkcode ftok} makes, or {@linkcode IPC_PRIVATE} for one that others find by its id alone.
   * @param size How many bytes it has at least; what is there already may be longer. From 1 on.
   * @param options Who may use it, and how it is attached.
   * @returns The memory, which the caller detaches, and removes when nobody needs it any more.
   * @throws {SyscallError} `EEXIST` if there is one and `exclusive` is set; `EINVAL` if there is a shorter one, or `size` is beyond the
   * system's limit; `EACCES` if this user may not use it; `ENOSPC` or `ENOMEM` if the system has no room.
   * @throws {RangeError} if the key, the size or the mode is out of range.
   * @example Whoever comes first
   * ```ts
   * import { ftok, SharedMemory } from "@vasty/vasty";
   *
   * const path = await Deno.makeTempFile();
   * using first = SharedMemory.create(ftok(path), 1000, { mode: 0o600 });
   * using second = SharedMemory.create(ftok(path), 1000);
   * console.assert(first.created && !second.created && first.id === second.id);
   * first.remove();
   * await Deno.remove(path);
   * ```
   * @see shmget(2), shmat(2)
   */
  static create(key: number, size: number, options: SharedMemoryCreateOptions = {}): SharedMemory {
    return new SharedMemory(createAttachment(key, size, options));
  }

  /**
   * Attach the memory with this key, which somebody has made.
   *
   * @param key Its key: a number of 32 bits.
   * @param options How it is attached.
   * @returns The memory, which the caller detaches.
   * @throws {SyscallError} `ENOENT` if there is none, `EACCES` if this user may not use it, `ENOMEM` if this process has no room;
   * `EIDRM` or `EINVAL` if it is removed meanwhile.
   * @throws {RangeError} if the key is out of range, or {@linkcode IPC_PRIVATE}.
   * @example
   * ```ts
   * import { SharedMemory, SyscallError } from "@vasty/vasty";
   *
   * try {
   *   using memory = SharedMemory.open(0x56415354, { readOnly: true });
   *   console.log(memory.size);
   * } catch (error) {
   *   console.assert(error instanceof SyscallError && error.code === "ENOENT");
   * }
   * ```
   * @see shmget(2), shmat(2)
   */
  static open(key: number, { readOnly = false }: SharedMemoryOptions = {}): SharedMemory {
    return new SharedMemory(openAttachment(key, readOnly));
  }

  /**
   * Attach the memory with this id, such as {@linkcode SharedMemory.id} told another process, or ipcs(1) shows.
   *
   * @param id Its number.
   * @param options How it is attached.
   * @returns The memory, which the caller detaches.
   * @throws {SyscallError} `EINVAL` or `EIDRM` if there is none, `EACCES` if this user may not use it, `ENOMEM` if this process has no room.
   * @throws {RangeError} if the id cannot be one.
   * @example
   * ```ts
   * import { IPC_PRIVATE, SharedMemory } from "@vasty/vasty";
   *
   * using memory = SharedMemory.create(IPC_PRIVATE, 100);
   * using same = SharedMemory.fromId(memory.id, { readOnly: true });
   * memory.remove();
   * memory.store(0, 42);
   * console.assert(same.load(0) === 42);
   * ```
   * @see shmat(2)
   */
  static fromId(id: number, { readOnly = false }: SharedMemoryOptions = {}): SharedMemory {
    return new SharedMemory(attachFound({ id: checkId(id), key: IPC_PRIVATE, created: false, readOnly }));
  }

  /**
   * What the kernel knows of it.
   *
   * @returns Its owner, mode, size, attachments, times and processes.
   * @throws {ClosedError} if it was detached.
   * @throws {SyscallError} `EACCES` if its mode no longer lets this user read it.
   * @example
   * ```ts
   * import { IPC_PRIVATE, SharedMemory } from "@vasty/vasty";
   *
   * using memory = SharedMemory.create(IPC_PRIVATE, 100);
   * memory.remove();
   * const { size, attached, creatorPid, destroyed } = memory.stat();
   * console.assert(size === 100 && attached === 1 && creatorPid === Deno.pid && destroyed);
   * ```
   * @see shmctl(2)
   */
  stat(): SharedMemoryStat {
    return known(readStat(this.#number()), `ask about ${this.#name}`, this.key);
  }

  /**
   * Change its owner, group or mode; what is left out stays. Who has attached it keeps it.
   *
   * @param change What is to change.
   * @throws {RangeError} if an id or the mode is out of range.
   * @throws {SyscallError} `EPERM` if this user is neither its owner, nor its creator, nor root.
   * @throws {ClosedError} if it was detached.
   * @see shmctl(2)
   */
  set(change: IpcOwnerChange): void {
    this.#check(changeStat(this.#number(), change), "change the owner or mode of");
  }

  /**
   * Remove it: nobody finds it by its key any more, and the kernel frees it when all have detached it. Those who have it
   * attached, as this object has, go on using it. Removing it twice is safe.
   *
   * @throws {SyscallError} `EPERM` if this user is neither its owner, nor its creator, nor root.
   * @throws {ClosedError} if it was detached.
   * @see shmctl(2)
   */
  remove(): void {
    this.#check(shmctl(this.#number(), IPC.IPC_RMID, null), "remove");
  }

  /**
   * Keep its pages from being swapped out, once they have been used, for all processes.
   *
   * @throws {SyscallError} `EPERM` or `ENOMEM` if this user may not lock so much (RLIMIT_MEMLOCK).
   * @throws {ClosedError} if it was detached.
   * @see shmctl(2)
   */
  lockPages(): void {
    this.#check(shmctl(this.#number(), SHM.SHM_LOCK, null), "lock the pages of");
  }

  /**
   * Let its pages be swapped out again.
   *
   * @throws {SyscallError} `EPERM` if this user may not.
   * @throws {ClosedError} if it was detached.
   * @see shmctl(2)
   */
  unlockPages(): void {
    this.#check(shmctl(this.#number(), SHM.SHM_UNLOCK, null), "unlock the pages of");
  }

  /** Its id as long as it is attached: afterwards the kernel may have removed it. */
  #number(): number {
    this.addressOf(0, 0);
    return this.id;
  }

  #check(rc: number, verb: string): void {
    check(rc, `${verb} ${this.#name}`, "shmctl", { key: this.key });
  }

  get #name(): string {
    return memoryName(this.id, this.key);
  }
}
