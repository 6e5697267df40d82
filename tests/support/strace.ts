/** strace(1), with which tests make system calls fail. */
import { EMULATED } from "./mod.ts";

/** Why strace(1) cannot attach here: emulation has no ptrace(2), and containers may forbid it. */
export function noPtrace(): string | false {
  if (EMULATED) return "emulation has no ptrace";
  try {
    const { success } = new Deno.Command("strace", { args: ["-qq", "-o", "/dev/null", "true"], stderr: "null" })
      .outputSync();
    return success ? false : "ptrace is forbidden here";
  } catch {
    return false;
  }
}
