/** Where a program began. */
import { cString } from "../../ffi/memory.ts";
import { decodeText } from "../../ffi/text.ts";
import { readlink } from "../../ffi/unistd.ts";
import { legacyDirectory } from "./legacy.ts";

/** The longest path that the kernel tells. */
const PATH_MAX = 4_096;

/**
 * The directory in which this program's next start begins, so that flags which name relative files mean the same ones: its
 * working directory, unless it has left the right one for good. Nothing if it was removed.
 */
export function startingDirectory(): string | undefined {
  const left = legacyDirectory();
  if (left !== undefined) return left;
  const path = new Uint8Array(PATH_MAX);
  const length = readlink(cString("/proc/self/cwd"), path, path.length);
  if (length < 0) return undefined;
  const text = decodeText(path.subarray(0, length));
  return text.endsWith(" (deleted)") ? undefined : text;
}
