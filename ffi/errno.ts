/** The names and texts of error numbers. */
import { ERRNO_NAMES } from "./abi/errno.ts";
import { strerror } from "./string.ts";
import { readCString } from "./memory.ts";
import { resolverError, resolverErrorName, resolverErrorText } from "./resolver_errors.ts";

/** "ENOENT" of 2, "EAI_NONAME" of 1002; "E4711" of a number that this libc does not name. */
export function errnoName(errno: number): string {
  const resolver = resolverError(errno);
  if (resolver !== undefined) return resolverErrorName(resolver);
  const name = ERRNO_NAMES[errno - 1];
  return name === undefined || name === "-" ? `E${errno}` : name;
}

/** libc's own words, beginning with a small letter: "no such file or directory". */
export function errnoText(errno: number): string {
  const resolver = resolverError(errno);
  const text = resolver === undefined ? readCString(strerror(errno)) : resolverErrorText(resolver);
  // "RFS specific error" and "I/O error" keep their capitals: only a word is made small.
  return /^[A-Z][a-z]/.test(text) ? text[0]!.toLowerCase() + text.slice(1) : text;
}
