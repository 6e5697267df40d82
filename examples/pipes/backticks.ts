// permissions: --allow-ffi={libc} --allow-run={1}
/**
 * `backticks CMD...`: prints what CMD writes, byte for byte, then how it ended, on stderr, and ends with its exit code.
 *
 * A CMD that a signal has killed gives the exit code that a shell would show: 128 and the signal's number.
 */
import { capture } from "../../lib/processes/mod.ts";
import { printBytes, run, UsageError } from "../program.ts";

async function backticks(command: string[]): Promise<number> {
  if (command.length === 0) throw new UsageError();
  const { stdoutBytes, status } = await capture(command, { stderr: "inherit", check: false });
  printBytes(stdoutBytes);
  // The three parts of Perl's $?
  const signal = status.raw & 0x7f;
  const core = status.coreDumped ? "yes" : "no";
  console.error(`status ${status.raw}: exit ${status.code ?? 0}, signal ${signal}, core ${core}`);
  return status.code ?? 128 + signal;
}

await run({ name: "backticks", usage: "CMD...", main: backticks });
