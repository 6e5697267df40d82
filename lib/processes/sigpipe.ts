/** SIGPIPE: Deno ignores it, and what is ignored stays ignored across execve(2). */
import { SIGACTION, SIGNAL } from "../../ffi/abi/signal.ts";
import { isIgnored } from "../../ffi/dispositions.ts";
import { sigaction } from "../../ffi/signal.ts";

/** Have it end this program again, unless somebody handles it. Undone by what is returned. */
export function defaultSigpipe(): () => void {
  if (!isIgnored(SIGNAL.SIGPIPE)) return () => {};
  const before = new Uint8Array(SIGACTION.sizeof);
  sigaction(SIGNAL.SIGPIPE, new Uint8Array(SIGACTION.sizeof), before);
  return () => void sigaction(SIGNAL.SIGPIPE, before, null);
}
