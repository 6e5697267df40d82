/**
 * <mqueue.h> as the system calls behind it: glibc before 2.34 has it in a library of its own, librt. Every call returns at
 * once: descriptors are opened with O_NONBLOCK.
 */
import { ERRNO } from "./abi/errno.ts";
import { MQ_ATTR } from "./abi/mqueue.ts";
import { SIGEV, SIGEVENT } from "./abi/signal.ts";
import { SYS } from "./abi/sys_syscall.ts";
import { bind } from "./bind.ts";
import { libc, type Memory } from "./libc.ts";
import { cString } from "./memory.ts";

/** So many bytes are kept for a priority. */
const PRIORITY = 8;

/** What a queue is made for, and what is in it. */
export interface QueueAttributes {
  readonly maxMessages: number;
  readonly messageSize: number;
  readonly messages: number;
}

// With a name, flags, a mode and a `struct mq_attr`; long syscall(long number, ...);
const opening = bind("syscall", ["long", "buffer", "int", "int", "buffer"], "int");

/**
 * The kernel takes a name without its slash. As glibc does, this passes where the name goes on behind it: qemu's emulation
 * looks for the slash before.
 */
function bare(name: string): Uint8Array<ArrayBuffer> {
  return cString(name, "A name").subarray(1);
}

/**
 * Open the queue `name`, which begins with a slash: its descriptor, close-on-exec, or -errno. Of a new one null leaves the
 * limits to the kernel.
 */
export function mqOpen(
  name: string,
  flags: number,
  mode: number,
  limits: { maxMessages: number; messageSize: number } | null,
): number {
  const attr = limits === null ? null : new DataView(new ArrayBuffer(MQ_ATTR.sizeof));
  attr?.setBigInt64(MQ_ATTR.mq_maxmsg, BigInt(limits!.maxMessages), true);
  attr?.setBigInt64(MQ_ATTR.mq_msgsize, BigInt(limits!.messageSize), true);
  return opening(SYS.SYS_mq_open, bare(name), flags, mode, attr);
}

// With a name; long syscall(long number, ...);
const unlinking = bind("syscall", ["long", "buffer"], "int");

/** Remove the name of a queue: 0, or -errno as mq_unlink(3) has it, -EACCES for what is not ours to remove. */
export function mqUnlink(name: string): number {
  const rc = unlinking(SYS.SYS_mq_unlink, bare(name));
  return rc === -ERRNO.EPERM ? -ERRNO.EACCES : rc;
}

// With a descriptor, bytes and their length, a priority and no time; long syscall(long number, ...);
const sending = bind("syscall", ["long", "int", "buffer", "long", "long", "address"], "int");

/** Add a message: 0, or -errno. */
export function mqSend(queue: number, bytes: Memory, priority: number): number {
  return sending(SYS.SYS_mq_timedsend, queue, bytes, bytes.byteLength, priority, 0);
}

// With a descriptor, a place and its length, where the priority goes, and no time; long syscall(long number, ...);
const receiving = bind("syscall", ["long", "int", "address", "long", "address", "address"], "long");

/** Where a message is put, and its priority. Both lie in one buffer, whose address stays the same as long as this has it. */
export class Incoming {
  readonly #bytes: Uint8Array<ArrayBuffer>;
  readonly #priority: Uint32Array<ArrayBuffer>;
  readonly #address: number;

  /** @param size The longest message of the queue. */
  constructor(readonly size: number) {
    const buffer = new ArrayBuffer(PRIORITY + size);
    this.#priority = new Uint32Array(buffer, 0, 1);
    this.#bytes = new Uint8Array(buffer, PRIORITY);
    this.#address = libc().address(this.#priority);
  }

  /** Take the first message: its length, or -errno. */
  receive(queue: number): number {
    return receiving(SYS.SYS_mq_timedreceive, queue, this.#address + PRIORITY, this.size, this.#address, 0);
  }

  /** The priority of what was received. */
  get priority(): number {
    return this.#priority[0]!;
  }

  /** A copy of it; `length` is what receive() has told. */
  copy(length: number): Uint8Array<ArrayBuffer> {
    return this.#bytes.slice(0, length);
  }
}

// With a descriptor, nothing to set, and where the attributes go; long syscall(long number, ...);
const asking = bind("syscall", ["long", "int", "address", "buffer"], "int");

/** What the queue is made for, and what is in it; or -errno. */
export function mqAttributes(queue: number): QueueAttributes | number {
  const attr = new DataView(new ArrayBuffer(MQ_ATTR.sizeof));
  const rc = asking(SYS.SYS_mq_getsetattr, queue, 0, attr);
  if (rc < 0) return rc;
  const field = (offset: number) => Number(attr.getBigInt64(offset, true));
  return {
    maxMessages: field(MQ_ATTR.mq_maxmsg),
    messageSize: field(MQ_ATTR.mq_msgsize),
    messages: field(MQ_ATTR.mq_curmsgs),
  };
}

// With a descriptor and a `struct sigevent`; long syscall(long number, ...);
const notifying = bind("syscall", ["long", "int", "buffer"], "int");

/** Have a signal sent when a message comes into the empty queue, once; null takes that back. 0, or -errno. */
export function mqNotify(queue: number, signal: { number: number; value: number } | null): number {
  if (signal === null) return notifying(SYS.SYS_mq_notify, queue, null);
  const event = new DataView(new ArrayBuffer(SIGEVENT.sizeof));
  event.setInt32(SIGEVENT.sigev_value, signal.value, true);
  event.setInt32(SIGEVENT.sigev_signo, signal.number, true);
  event.setInt32(SIGEVENT.sigev_notify, SIGEV.SIGEV_SIGNAL, true);
  return notifying(SYS.SYS_mq_notify, queue, event);
}
