/** <time.h>: a time limit for calls that block this thread. */
import { SYS } from "./abi/sys_syscall.ts";
import { ITIMERSPEC, SIGEVENT, TIME } from "./abi/time.ts";
import { bind } from "./bind.ts";
import { installKick, kickSignal } from "./threads.ts";
import { gettid } from "./unistd.ts";

// Up to glibc 2.33 the wrappers are in another library, librt; long int syscall(long int sysno, ...);
const timer_create = bind("syscall", ["long", "long", "buffer", "buffer"], "int");

// long int syscall(long int sysno, ...);
const timer_settime = bind("syscall", ["long", "long", "long", "buffer", "buffer"], "int");

// long int syscall(long int sysno, ...);
const timer_delete = bind("syscall", ["long", "long"], "int");

/** Milliseconds from one interruption to the next: the first may come just before the call blocks. */
const AGAIN = 2;

/**
 * Interrupts the calls in which this thread blocks, with EINTR, from a moment on and until it is disposed of: the signal
 * that ends the workers' calls, sent to this very thread by the kernel.
 */
export class Interruption implements Disposable {
  readonly #timer: number;

  /** From `ms` milliseconds on; -errno if there is no timer to be had. */
  static after(ms: number): Interruption | number {
    installKick();
    const event = new DataView(new ArrayBuffer(SIGEVENT.sizeof));
    event.setInt32(SIGEVENT.sigev_signo, kickSignal(), true);
    event.setInt32(SIGEVENT.sigev_notify, TIME.SIGEV_THREAD_ID, true);
    event.setInt32(SIGEVENT["_sigev_un._tid"], gettid(), true);
    const timer = new Int32Array(1);
    const rc = timer_create(SYS.SYS_timer_create, TIME.CLOCK_MONOTONIC, event, timer);
    if (rc < 0) return rc;
    timer_settime(SYS.SYS_timer_settime, timer[0]!, 0, times(ms), null);
    return new Interruption(timer[0]!);
  }

  private constructor(timer: number) {
    this.#timer = timer;
  }

  [Symbol.dispose](): void {
    timer_delete(SYS.SYS_timer_delete, this.#timer);
  }
}

/** The first time after `ms` milliseconds, where 0 would stand for never. */
function times(ms: number): DataView<ArrayBuffer> {
  const spec = new DataView(new ArrayBuffer(ITIMERSPEC.sizeof));
  const microseconds = Math.max(1, Math.ceil(ms * 1_000));
  const seconds = Math.floor(microseconds / 1e6);
  spec.setBigInt64(ITIMERSPEC["it_value.tv_sec"], BigInt(seconds), true);
  spec.setBigInt64(ITIMERSPEC["it_value.tv_nsec"], BigInt((microseconds - seconds * 1e6) * 1_000), true);
  spec.setBigInt64(ITIMERSPEC["it_interval.tv_nsec"], BigInt(AGAIN * 1e6), true);
  return spec;
}
