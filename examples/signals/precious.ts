// permissions: --allow-ffi={libc}
/**
 * `precious [SECONDS=2]`: ignores ^C in a block and in all that it calls, and after the block ^C is what it was; the same for a block that throws.
 *
 * Each of the four parts lasts SECONDS. Outside of the blocks ^C ends the program, if it did so before.
 */
import { localSignal } from "../../lib/signals/mod.ts";
import { print, run, UsageError } from "../program.ts";

/** Milliseconds of each part. */
type Span = number;

const pass = (span: Span) => new Promise((resolve) => setTimeout(resolve, span));

async function precious(span: Span): Promise<void> {
  using _quiet = localSignal("SIGINT", "IGNORE");
  await moreFunctions(span);
}

async function moreFunctions(span: Span): Promise<void> {
  print("inside the block: ^C is ignored");
  await pass(span);
}

async function preciousThrows(span: Span): Promise<never> {
  using _quiet = localSignal("SIGINT", "IGNORE");
  await moreFunctions(span);
  throw new Error("thrown out of the block");
}

async function both(span: Span): Promise<void> {
  await precious(span);
  print("after the block: ^C is what it was");
  await pass(span);
  await preciousThrows(span).catch((error: Error) => print(`${error.message}: ^C is what it was`));
  await pass(span);
  print("done");
}

await run({
  name: "precious",
  usage: "[SECONDS=2]",
  main: async ([seconds = "2", ...more]) => {
    if (!/^(\d+\.?\d*|\.\d+)$/.test(seconds) || more.length > 0) throw new UsageError();
    await both(Number(seconds) * 1_000);
  },
});
