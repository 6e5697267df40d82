// permissions: --allow-ffi={libc} --allow-run=ps,egrep,cat
/**
 * `list_form [PATTERN [FILE...]]`: prints what `ps aux` writes, then the lines of the FILEs that match PATTERN as `egrep -i` finds them, then these numbered by `cat -n`.
 *
 * No shell sees PATTERN or a FILE: `$(id)` stays as it is. Without FILE it is /etc/passwd, without PATTERN root; the FILE
 * `-` is the standard input.
 */
import { ExitError, lines, run as runCommand } from "../../lib/processes/mod.ts";
import { print, run } from "../program.ts";

/** Print the lines of a command, and return them. Exit codes up to `worst` are no failure. */
async function show(command: string[], worst = 0): Promise<string[]> {
  const seen: string[] = [];
  try {
    for await (const line of lines(command)) {
      print(line);
      seen.push(line);
    }
  } catch (error) {
    if (!(error instanceof ExitError)) throw error;
    const { code } = error.status;
    if (code === null || code > worst) throw new Error(`bad ${command[0]}: ${error.status}`);
  }
  return seen;
}

async function listForm(pattern = "root", ...files: string[]): Promise<void> {
  await show(["ps", "aux"]);
  // -e and -- keep a PATTERN or FILE that begins with a dash from being an option. Exit 1: nothing matched.
  const found = await show(["egrep", "-i", "-e", pattern, "--", ...files.length > 0 ? files : ["/etc/passwd"]], 1);
  await runCommand(["cat", "-n"], { input: found.map((line) => `${line}\n`).join("") });
}

await run({ name: "list_form", usage: "[PATTERN [FILE...]]", main: (args) => listForm(...args) });
