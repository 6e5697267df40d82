/** FIFOs as files: making and recognising them. */
import { ERRNO } from "../../ffi/abi/errno.ts";
import { cString } from "../../ffi/memory.ts";
import { identityAt, mkfifo as make } from "../../ffi/sys_stat.ts";
import { unlink } from "../../ffi/unistd.ts";
import { check } from "../core/errors.ts";
import { pathOf } from "../core/path.ts";
import { requireFile } from "../core/permissions.ts";
import { Place } from "./fifo_place.ts";

/** How {@linkcode mkfifo} makes a FIFO. */
export interface FifoOptions {
  /**
   * Its permission bits, exactly: the umask takes none away.
   * @default {0o700}
   */
  mode?: number;
}

/**
 * Make a FIFO, a pipe with a name. It stays until it is removed, with `Deno.remove`. Nothing waits.
 *
 * @param path Where; the URL of a file is taken as well. Asks for `write` permission.
 * @param options Its mode.
 * @throws {SyscallError} `EEXIST` if there is a file of any kind, a dangling link included; `ENOENT` or `ENOTDIR` if its
 * folder does not exist, `EACCES` or `EROFS` if nothing can be made in it.
 * @throws {RangeError} if the mode is not an integer from 0 to 0o7777.
 * @throws {TypeError} if the path contains a NUL character.
 * @throws {Deno.errors.NotCapable} without `write` permission for the path.
 * @example
 * ```ts
 * import { isFifo, mkfifo } from "@vasty/vasty";
 *
 * const folder = await Deno.makeTempDir();
 * mkfifo(`${folder}/queue`, { mode: 0o622 });
 * console.assert(isFifo(`${folder}/queue`));
 * await Deno.remove(folder, { recursive: true });
 * ```
 * @see mkfifo(3), fifo(7)
 */
export function mkfifo(path: string | URL, options: FifoOptions = {}): void {
  const name = pathOf(path);
  const mode = checkMode(options);
  requireFile("write", name);
  makeFifo(name, mode);
}

/** The mode that `options` ask for. @throws {RangeError} */
export function checkMode({ mode = 0o700 }: FifoOptions): number {
  if (Number.isInteger(mode) && mode >= 0 && mode <= 0o7777) return mode;
  throw new RangeError(`mode must be an integer from 0 to 0o7777: ${mode}`);
}

/**
 * Make a FIFO of exactly `mode`. The kernel takes the umask off; that belongs to the whole process, so it is not changed
 * for this: the FIFO gets its bits afterwards, by a way that no file in its place can divert.
 */
export function makeFifo(name: string, mode: number): void {
  const doing = `create FIFO ${JSON.stringify(name)}`;
  check(make(cString(name, "A path"), mode), doing, "mkfifo", { path: name });
  try {
    using place = Place.of(name, doing, "the file itself");
    place.changeMode(mode);
  } catch (error) {
    const found = identityAt(name);
    if (typeof found !== "number" && found.kind === "FIFO") unlink(cString(name));
    throw error;
  }
}

/** Remove the file at `name`, if there is one. */
export function removeFifo(name: string): void {
  const rc = unlink(cString(name));
  if (rc !== -ERRNO.ENOENT) check(rc, `remove FIFO ${JSON.stringify(name)}`, "unlink", { path: name });
}

/**
 * Whether there is a FIFO at a path: Perl's `-p`. Symbolic links are followed.
 *
 * @param path The path, or the URL of a file. Asks for `read` permission.
 * @returns false for any other kind of file, and where there is none.
 * @throws {Deno.errors.PermissionDenied} if one of its folders may not be searched.
 * @throws {Deno.errors.NotCapable} without `read` permission for the path.
 * @example
 * ```ts
 * import { isFifo } from "@vasty/vasty";
 *
 * console.assert(!isFifo("/dev/null") && !isFifo("/no/such/file"));
 * ```
 * @see stat(2)
 */
export function isFifo(path: string | URL): boolean {
  return statOf(path)?.isFifo === true;
}

/**
 * Whether there is a Unix socket at a path: Perl's `-S`. Symbolic links are followed.
 *
 * @param path The path, or the URL of a file. Asks for `read` permission.
 * @returns false for any other kind of file, and where there is none. A socket that nobody listens on is one too.
 * @throws {Deno.errors.PermissionDenied} if one of its folders may not be searched.
 * @throws {Deno.errors.NotCapable} without `read` permission for the path.
 * @example
 * ```ts
 * import { isSocket } from "@vasty/vasty";
 *
 * console.assert(!isSocket("/dev/null") && !isSocket("/no/such/file"));
 * ```
 * @see stat(2)
 */
export function isSocket(path: string | URL): boolean {
  return statOf(path)?.isSocket === true;
}

/** What is at `path`; nothing if there is no file. */
function statOf(path: string | URL): Deno.FileInfo | undefined {
  try {
    return Deno.statSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) return undefined;
    throw error;
  }
}
