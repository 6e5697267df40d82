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

/**
 * The beginning of a command whose calls fail as `inject` says, as strace(1) has it: `CALLS:error=ERRNO:when=1`. No other call
 * stops the program. `paths`: only calls that concern one of these files fail.
 */
export function injecting(inject: string, { log = "/dev/null", paths = [] as string[] } = {}): string[] {
  const only = paths.flatMap((path) => ["-P", path]);
  const expressions = ["-e", `trace=${inject.split(":")[0]}`, "-e", `inject=${inject}`];
  return ["strace", "-f", "--seccomp-bpf", "-qq", "-o", log, ...only, ...expressions];
}
