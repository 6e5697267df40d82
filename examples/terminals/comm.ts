// permissions: --allow-ffi={libc} --allow-run=cat
/**
 * `comm`: sends `cat -n` ten lines through a terminal, one after the other's answer, and prints each answer behind `got back`.
 *
 * On a pipe cat would keep what it writes until it has a block of it; on a terminal each line comes at once, in a second at
 * most. The terminal does not echo, so that only what cat writes comes back.
 */
import { Expect, spawnPty } from "../../lib/terminals/mod.ts";
import { print, run, UsageError } from "../program.ts";

async function main(args: string[]): Promise<void> {
  if (args.length > 0) throw new UsageError();
  const cat = spawnPty(["cat", "-n"], { settings: ["-echo", "-onlcr"] });
  await using dialog = new Expect(cat, { timeout: 1_000 });
  for (let number = 1; number <= 10; number++) {
    await dialog.sendLine("a line");
    const { groups: [, answer] } = await dialog.expect(/^(.*)\n/);
    if (answer !== `${number}`.padStart(6) + "\ta line") throw new Error(`cat has sent ${JSON.stringify(answer)}`);
    print(`got back ${answer}`);
  }
}

await run({ name: "comm", usage: "", main });
