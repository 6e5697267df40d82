/** strace(1), with which tests make system calls fail. */
import { Peer } from "../pipes/fifo_folder.ts";
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

/** What makes the calls of `inject` fail, and stops no others; it is as strace(1) has it: `CALLS:error=ERRNO:when=1`. */
function expressions(inject: string): string[] {
  return ["-e", `trace=${inject.split(":")[0]}`, "-e", `inject=${inject}`];
}

/** Only calls that concern one of `paths`: Deno itself makes some, whenever it has the time. */
function concerning(paths: readonly string[]): string[] {
  return paths.flatMap((path) => ["-P", path]);
}

/**
 * The beginning of a command that runs while the calls of `inject` fail. `paths`: only those that concern one of these files.
 */
export function injecting(inject: string, { log = "/dev/null", paths = [] as string[] } = {}): string[] {
  return ["strace", "-f", "--seccomp-bpf", "-qq", "-o", log, ...concerning(paths), ...expressions(inject)];
}

/**
 * What a program has said that goes on at the next line, while the calls of `inject` fail in it; and how often they did.
 * `paths` as for `injecting`.
 */
export async function saidUnder(
  inject: string,
  subject: Pick<Peer, "child" | "write" | "text">,
  paths: readonly string[] = [],
): Promise<{ text: string; injections: number }> {
  // What strace says goes to its standard error output; the shell makes that the one that is read here.
  const strace = [
    "-c",
    'exec strace "$@" 2>&1',
    "sh",
    "-f",
    "-p",
    `${subject.child.pid}`,
    ...concerning(paths),
    ...expressions(inject),
  ];
  await using tracer = new Peer("sh", strace);
  await tracer.says("attached");
  await subject.write("\n");
  const text = await subject.text();
  return { text, injections: (await tracer.text()).split("(INJECTED)").length - 1 };
}
