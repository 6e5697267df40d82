/** The adaptor `execute`: see x86_64.S. */
import { bind } from "../bind.ts";
import { native } from "./code.ts";

/** Start a child by the program at this address: its pid, or -errno of clone(2). What failed in it is in the program. */
export const execute = bind(() => native().execute, ["address"], "value");
