/** A name for the machine, in a world of its own. */
import { bind } from "../../ffi/bind.ts";

const call = bind("sethostname", ["buffer", "long"], "int");

/** sethostname(2). */
export function sethostname(name: string): void {
  const rc = call(new TextEncoder().encode(name), name.length);
  if (rc < 0) throw new Error(`sethostname: ${rc}`);
}
