/** Where the file of a program is. */
import { ERRNO } from "../../ffi/abi/errno.ts";
import { FCNTL } from "../../ffi/abi/fcntl.ts";
import { cString } from "../../ffi/memory.ts";
import { eaccess } from "../../ffi/unistd.ts";

/**
 * Calls `execute` with the paths that `program` may mean, as execvp(3) goes through PATH, until one is neither missing
 * nor forbidden; its result, or -errno: -EACCES if one was found that may not be executed.
 */
export function searchProgram(program: string, folders: () => string[], execute: (path: string) => number): number {
  if (program.includes("/")) return execute(program);
  let result: number = -ERRNO.ENOENT;
  if (program === "") return result;
  for (const folder of folders()) {
    const path = folder === "" ? program : `${folder}/${program}`;
    let rc = eaccess(cString(path, "A program"), FCNTL.X_OK);
    if (rc === 0) rc = execute(path);
    if (rc === -ERRNO.EACCES) result = rc;
    else if (rc !== -ERRNO.ENOENT && rc !== -ERRNO.ENOTDIR) return rc;
  }
  return result;
}
