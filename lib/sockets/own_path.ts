/** The file of a Unix socket's name, which is removed with the socket. */
import { cString } from "../../ffi/memory.ts";
import { identityAt } from "../../ffi/sys_stat.ts";
import { unlink } from "../../ffi/unistd.ts";

/** A file that a socket was bound to. */
export class OwnPath {
  readonly #path: string;
  readonly #id: string | undefined;

  /** The file that is at `path` now. */
  constructor(path: string) {
    this.#path = path;
    this.#id = idAt(path);
  }

  /** Remove it, unless another has taken its place: a later server removes a stale file and makes its own. */
  remove(): void {
    if (this.#id !== undefined && idAt(this.#path) === this.#id) unlink(cString(this.#path));
  }
}

function idAt(path: string): string | undefined {
  const found = identityAt(path);
  return typeof found === "number" ? undefined : found.id;
}
