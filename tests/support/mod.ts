/**
 * What every test uses: `test()` registers one that runs under the leak check and Deno's sanitizers, and skips it with
 * its reason where a peer is missing.
 */
import { libc } from "../../ffi/libc.ts";
import { hangUpWatch } from "../../ffi/hang_up.ts";
import { loop } from "../../ffi/loop.ts";
import { compile } from "../../ffi/system_call.ts";
import { withoutLeaks } from "./leaks.ts";
import { reasonToSkip } from "./peers.ts";

export * from "./assert.ts";
export { deno, denoCommand, type DenoOptions, denoSource, type Ended, repository } from "./deno.ts";
export { children, workerThreads } from "./leaks.ts";

/** What a test needs besides Deno. */
export interface TestOptions {
  /** Programs by name; see peers.ts. */
  needs?: string[];
  /** Why it cannot run on this machine, whatever is installed; nothing if it can. */
  skip?: string | false;
}

/**
 * What a program does once it has made many calls is done before the first test, so that it is nobody's leak: the loop
 * moves to its own thread, the door is compiled, and terminals are watched. Parked waits are tested in programs of their own.
 */
await loop().promote();
libc().compile();
compile();
hangUpWatch();

/** Emulation: no ptrace, 28 real-time signals, and vfork(2) that is fork(2). */
export const EMULATED: boolean = Deno.env.get("VASTY_EMULATED") === "1";

/** Why a test cannot run that needs posix_spawn(3) to wait for the child's execve(2) and to report its failure. */
export const FORKED: string | false = EMULATED && "qemu-user runs vfork as fork: an exec failure is not seen";

/** Counts over 10,000 go whole in `deno task soak`, a tenth in tests, a hundredth under emulation. */
export function count(whole: number): number {
  const share = EMULATED ? 100 : Deno.env.get("VASTY_SOAK") === "1" ? 1 : 10;
  return Math.max(1, Math.ceil(whole / share));
}

/** A size or a count, a hundredth of it under emulation, where it shows as much. */
export function size(whole: number): number {
  return EMULATED ? Math.ceil(whole / 100) : whole;
}

/** Milliseconds in which something has to be done. Emulated time says nothing: there it only has to be done. */
export function within(ms: number): number {
  return EMULATED ? Math.max(30_000, 10 * ms) : ms;
}

/** Why a row of a table does not run under emulation, where starting a program takes seconds, unless it is `chosen`. */
export function sample(chosen: boolean): string | false {
  return EMULATED && !chosen && "the same on every architecture: other rows of its table run here";
}

/** Register a test. Its name is the symbol and the behaviour: "pipe() gives close-on-exec ends". */
export function test(name: string, body: () => void | Promise<void>, options: TestOptions = {}): void {
  const reason = options.skip || reasonToSkip(options.needs ?? []);
  if (reason) console.log(`skipped: ${name}: ${reason}`);
  if (reason && Deno.env.get("CI") && !EMULATED) {
    Deno.test(name, () => {
      throw new Error(`In CI nothing is missing, but this ${reason}`);
    });
  } else {
    Deno.test({
      name: reason ? `${name} [skipped: ${reason}]` : name,
      ignore: Boolean(reason),
      sanitizeOps: true,
      sanitizeResources: true,
      sanitizeExit: true,
      fn: () => withoutLeaks(body),
    });
  }
}

/** Kill the process whose number was printed. What is no number is an error: 0 would mean this program's whole group. */
export function killPrinted(text: string): void {
  const pid = parseInt(text);
  if (!(pid > 1)) throw new Error(`No process id: ${JSON.stringify(text)}`);
  Deno.kill(pid, "SIGKILL");
}
