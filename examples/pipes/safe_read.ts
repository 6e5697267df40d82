// permissions: --allow-ffi={libc} --allow-run={1}
/**
 * `safe_read PROGRAM ARGS...`: prints the lines that PROGRAM writes, as they come. No shell sees ARGS: metacharacters stay as they are.
 */
import { openPipe } from "../../lib/processes/mod.ts";
import { print, run, UsageError } from "../program.ts";

async function safeRead(command: string[]): Promise<number> {
  if (command.length === 0) throw new UsageError();
  await using kid = openPipe("-|", command, { check: false });
  for await (const line of kid) print(line);
  const status = await kid.close();
  if (status.success) return 0;
  console.error(`safe_read: kid ${status.code === null ? status : `exited ${status.code}`}`);
  return 1;
}

await run({ name: "safe_read", usage: "PROGRAM ARGS...", main: safeRead });
