/** The names and texts of the resolver's errors, which are no error numbers: see EAI_BASE in bind.ts. */
import { EAI } from "./abi/netdb.ts";
import { EAI_BASE } from "./bind.ts";
import { readCString } from "./memory.ts";
import { gai_strerror } from "./netdb.ts";

/** The largest of them, as C has it, is -105. */
const END = EAI_BASE + 200;

/** C's number, -2 for EAI_NONAME, of what a call has returned as -1002; undefined of an error number. */
export function resolverError(failure: number): number | undefined {
  return failure > EAI_BASE && failure < END ? EAI_BASE - failure : undefined;
}

/** "EAI_NONAME" of -2. */
export function resolverErrorName(error: number): string {
  return Object.keys(EAI).find((name) => EAI[name as keyof typeof EAI] === error) ?? `EAI_${-error}`;
}

/** libc's own words: "Name or service not known". */
export function resolverErrorText(error: number): string {
  return readCString(gai_strerror(error));
}
