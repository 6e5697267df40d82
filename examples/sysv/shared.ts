// permissions: --allow-ffi={libc} --allow-run={deno}
/**
 * `shared [PROCESSES=4] [ROUNDS=1000]`: that many processes add to one shared structure under its lock, and the sum is right.
 */
import { openSelf } from "../../lib/processes/mod.ts";
import { trap } from "../../lib/signals/mod.ts";
import { shared, struct } from "../../lib/sysv/mod.ts";
import { print, run, UsageError } from "../program.ts";

const TALLY = struct({ sum: "u32", finished: "u32" });

/** A child: adds 1 as often as it is told. */
export async function kid(key: string, rounds: string): Promise<void> {
  using tally = await shared(Number(key), TALLY, { create: false });
  for (let i = 0; i < Number(rounds); i++) await tally.update((value) => void value.sum++);
  await tally.update((value) => void value.finished++);
}

/** An argument that counts something. */
function count(word: string, most: number): number {
  const number = /^\d{1,7}$/.test(word) ? Number(word) : 0;
  if (number < 1 || number > most) throw new UsageError();
  return number;
}

async function parent(args: string[]): Promise<number> {
  if (args.length > 2) throw new UsageError();
  const [processes, rounds] = [count(args[0] ?? "4", 100), count(args[1] ?? "1000", 1_000_000)];
  // Nobody else has this process id; what is left of one that was killed is not taken for ours.
  const key = 0x7673_0000 + (Deno.pid & 0xffff);
  using tally = await shared(key, TALLY, { exclusive: true });
  using _trap = trap(() => tally.remove());
  try {
    const kids = Array.from(
      { length: processes },
      () => openSelf("both", import.meta.url, "kid", [`${key}`, `${rounds}`]),
    );
    for (const child of kids) await child.close();
    const { sum, finished } = tally.read();
    print(`sum ${sum}`);
    return sum === processes * rounds && finished === processes ? 0 : 1;
  } finally {
    tally.remove();
  }
}

if (import.meta.main) await run({ name: "shared", usage: "[PROCESSES=4] [ROUNDS=1000]", main: parent });
