// permissions: --allow-ffi={libc} --allow-run=cat
/**
 * `open2`: writes `stuff` to `cat -un` and prints what that returns.
 *
 * `-u` makes cat answer at once. Most programs keep what they write to a pipe in a buffer, and want a terminal instead.
 */
import { readLines } from "../../lib/core/mod.ts";
import { open2 } from "../../lib/processes/mod.ts";
import { print, run, UsageError } from "../program.ts";

async function main(args: string[]): Promise<void> {
  if (args.length > 0) throw new UsageError();
  await using cat = open2(["cat", "-un"]);
  await cat.write("stuff\n");
  // cat still runs, and still has its standard input open.
  for await (const got of readLines(cat.stdout)) {
    print(`got: ${got}`);
    break;
  }
  await cat.close();
}

await run({ name: "open2", usage: "", main });
