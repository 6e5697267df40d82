/**
 * The file that a path led to, held by a descriptor that only marks its place (O_PATH). What is done by way of it is done
 * to that very file, whatever has been put in its place since, and is not begun before it is known to be a FIFO.
 */
import { ERRNO } from "../../ffi/abi/errno.ts";
import { FCNTL } from "../../ffi/abi/fcntl.ts";
import { aboveStandard } from "../../ffi/descriptors.ts";
import { open, openElsewhere } from "../../ffi/fcntl.ts";
import { Block, cString } from "../../ffi/memory.ts";
import { chmod, identityAt, identityOf } from "../../ffi/sys_stat.ts";
import { close } from "../../ffi/unistd.ts";
import { offload } from "../../ffi/workers.ts";
import { check, syscallError } from "../core/errors.ts";
import { Fd } from "../core/fd.ts";
import { checkLimit, Limit, type WaitOptions } from "../core/limit.ts";

/** How a FIFO is opened: "both" never waits, and sees no end, since it is a writer itself. */
export type Access = "read" | "write" | "both";

const ACCESS: Record<Access, number> = { read: FCNTL.O_RDONLY, write: FCNTL.O_WRONLY, both: FCNTL.O_RDWR };

export class Place implements Disposable {
  readonly #path: string;
  readonly #fd: Fd;
  /** What is being done, for messages. */
  readonly #doing: string;
  readonly #id: string;

  /** @throws {TypeError} if there is something else than a FIFO. */
  static of(path: string, doing: string, links: "follow links" | "the file itself"): Place {
    const flags = FCNTL.O_PATH | FCNTL.O_CLOEXEC | (links === "follow links" ? 0 : FCNTL.O_NOFOLLOW);
    const fd = opened(cString(path, "A path"), flags, doing, path);
    try {
      const found = identityOf(fd.number);
      if (typeof found === "number") throw syscallError(doing, -found, "statx", { path });
      if (found.kind !== "FIFO") throw new TypeError(`Cannot ${doing}: it is no FIFO but a ${found.kind}`);
      return new Place(path, fd, doing, found.id);
    } catch (error) {
      fd.close();
      throw error;
    }
  }

  private constructor(path: string, fd: Fd, doing: string, id: string) {
    this.#path = path;
    this.#fd = fd;
    this.#doing = doing;
    this.#id = id;
  }

  /** A path of this very file, while it is held. */
  get path(): string {
    return pathThrough(this.#fd);
  }

  /** Whether its path still leads to it, and not by way of a link. */
  get inPlace(): boolean {
    const found = identityAt(this.#path);
    return typeof found !== "number" && found.id === this.#id;
  }

  changeMode(mode: number): void {
    check(chmod(cString(this.path), mode), this.#doing, "chmod", { path: this.#path });
  }

  /** Open it at once, without waiting for another side. */
  openNow(access: Access): Fd {
    return openAgain(this.#fd, access, this.#doing, this.#path);
  }

  /**
   * Open it once the other side has come. The thread that waits is our own. What opens after the limit was reached is
   * closed: the other side sees an end.
   */
  async open(access: Access, options: WaitOptions): Promise<Fd> {
    checkLimit(options);
    const path = cString(this.path);
    using memory = new Block(path.length);
    memory.put(path);
    const wait = offload(openElsewhere, [memory.address, ACCESS[access] | FCNTL.O_CLOEXEC, 0]);
    let failure: { reason: unknown } | undefined;
    const what = () => `${this.#doing}, whose other side has not come`;
    using _limit = new Limit({ ...options, what }, (reason) => {
      failure = { reason };
      wait.cancel();
    });
    const fd = await wait.result;
    if (failure && fd >= 0) close(fd);
    if (failure) throw failure.reason;
    return Fd.adopt(check(aboveStandard(fd), this.#doing, "open", { path: this.#path }));
  }

  [Symbol.dispose](): void {
    this.#fd.close();
  }
}

/** Another open file description of what `fd` is open on, whose reads and writes never block. */
export function openAgain(fd: Fd, access: Access, doing: string, path: string): Fd {
  return opened(cString(pathThrough(fd)), ACCESS[access] | FCNTL.O_CLOEXEC | FCNTL.O_NONBLOCK, doing, path);
}

/** Open `name`, which does not wait; a signal can still interrupt it where the file system does (NFS, FUSE). */
function opened(name: Uint8Array<ArrayBuffer>, flags: number, doing: string, path: string): Fd {
  let fd: number;
  while ((fd = open(name, flags, 0)) === -ERRNO.EINTR);
  return Fd.adopt(check(aboveStandard(fd), doing, "open", { path }));
}

function pathThrough(fd: Fd): string {
  return `/proc/self/fd/${fd.number}`;
}
