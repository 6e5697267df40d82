/** Started with HUP ignored: replaces itself by a program that shows what it ignores, once Deno handles HUP itself. */
import { handlerOf } from "../../../ffi/dispositions.ts";
import { exec, inheritedSignal } from "../../../mod.ts";

inheritedSignal("SIGHUP");
while (handlerOf(1) === 1n) await new Promise((resolve) => setTimeout(resolve, 5));
exec(["grep", "SigIgn", "/proc/self/status"]);
