/** The owner of a descriptor. */
import { FCNTL } from "../../ffi/abi/fcntl.ts";
import { forget } from "../../ffi/reactor.ts";
import { fcntl } from "../../ffi/fcntl.ts";
import { close } from "../../ffi/unistd.ts";
import { tellClosing } from "./closing.ts";
import { check, ClosedError } from "./errors.ts";

/**
 * A descriptor that is owned once: it is closed by {@linkcode Fd.close} or at the end of a `using` block, closing twice
 * is safe, and the number is forgotten then, so that another file that gets the same number is never touched.
 *
 * @example Own a descriptor that came from elsewhere
 * ```ts
 * import { Fd, pipe } from "@vasty/vasty";
 *
 * const { reader, writer } = pipe();
 * using mine = Fd.adopt(reader.release());
 * console.assert(mine.number > 2);
 * writer.close();
 * ```
 */
export class Fd implements Disposable {
  #number: number;

  private constructor(number: number) {
    this.#number = number;
  }

  /**
   * Take over `number`: it is closed with the result and must not be closed otherwise.
   *
   * @param number An open descriptor that nobody else owns.
   * @returns Its owner.
   * @throws {RangeError} if it is not an integer from 0 on.
   * @throws {SyscallError} `EBADF` if it is not open.
   */
  static adopt(number: number): Fd {
    if (!Number.isInteger(number) || number < 0 || number > 0x7fffffff) {
      throw new RangeError(`A descriptor is an integer from 0 on, not ${number}`);
    }
    check(fcntl(number, FCNTL.F_GETFD, 0), `adopt descriptor ${number}`, "fcntl", { fd: number });
    return new Fd(number);
  }

  /** The owner of a descriptor that the kernel has just made. @ignore */
  static made(number: number): Fd {
    return new Fd(number);
  }

  /** The number, for system calls. @throws {ClosedError} if it was closed or released. */
  get number(): number {
    if (this.#number < 0) throw new ClosedError("The descriptor is closed");
    return this.#number;
  }

  /** Whether it was closed or released. */
  get closed(): boolean {
    return this.#number < 0;
  }

  /**
   * A second descriptor for the same open file, close-on-exec.
   *
   * @returns Its owner; both must be closed.
   * @throws {SyscallError} `EMFILE` if the process has too many.
   * @throws {ClosedError} if this one is closed.
   */
  duplicate(): Fd {
    const copy = fcntl(this.number, FCNTL.F_DUPFD_CLOEXEC, 3);
    return new Fd(check(copy, `duplicate descriptor ${this.number}`, "fcntl", { fd: this.number }));
  }

  /** Give up ownership. @returns The number, which the caller must close. @throws {ClosedError} if it is closed. */
  release(): number {
    const number = this.number;
    forget(number);
    this.#number = -1;
    tellClosing(this);
    return number;
  }

  /** Close it; the second time does nothing. Waits for it end with a {@linkcode ClosedError}. */
  close(): void {
    // Linux has released the number even where close(2) reports an error (EINTR, EIO): it must not be closed again.
    if (this.#number >= 0) close(this.release());
  }

  /** The same as {@linkcode Fd.close}. */
  [Symbol.dispose](): void {
    this.close();
  }
}
