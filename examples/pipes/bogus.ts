// permissions: --allow-ffi={libc} --allow-run=bogus,/bin/sh
/**
 * `bogus`: starts a program that does not exist, in three ways, and prints how each of them fails.
 *
 * Without a shell the start itself fails, for a writer and for a reader. With one the shell starts and then finds
 * nothing: the writer sees it at the latest when it closes, and SIGPIPE does not kill it.
 */
import { lines, shell, spawn } from "../../lib/processes/mod.ts";
import { print, run, UsageError } from "../program.ts";

const BANG = new TextEncoder().encode("bang\n");

/** `action` must fail with ENOENT. */
async function missing(form: string, action: () => void | Promise<void>): Promise<void> {
  try {
    await action();
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    return print(`${form} form: ${error.message}`);
  }
  throw new Error(`there is a program named bogus here: the ${form} form started it`);
}

async function listForm(): Promise<void> {
  await using _child = spawn(["bogus"], { stdin: "piped" });
}

async function readingForm(): Promise<void> {
  for await (const line of lines(["bogus"])) print(line);
}

/** The shell never reads: whenever it ends, a write fails. Its own message would only repeat what is printed here. */
async function shellForm(): Promise<void> {
  await using child = spawn(shell("bogus"), { stdin: "piped", stderr: "null" });
  const writer = child.stdin.getWriter();
  try {
    for (;;) await writer.write(BANG);
  } catch (error) {
    if (!(error instanceof Deno.errors.BrokenPipe)) throw error;
    print(`shell form: ${error.message}`);
  }
  const status = await child.status;
  print(`shell form: ${status} at close`);
  if (status.code !== 127) throw new Error(`the shell form ended with ${status}, not with exit 127`);
}

await run({
  name: "bogus",
  usage: "",
  main: async (args) => {
    if (args.length > 0) throw new UsageError();
    await missing("list", listForm);
    await shellForm();
    await missing("reading", readingForm);
  },
});
