/** The start of the program's own child, cold and warm, against the start of a Deno that does nothing. */
import { openSelf, warmSelf } from "../mod.ts";
import { libc } from "../ffi/libc.ts";
import type { Scale } from "./main.ts";
import { ratio, samples, sideBySide, summary, timedAsync } from "./measure.ts";
import type { Row } from "./report.ts";

const LINE = new TextEncoder().encode("here\n");
const NOTHING = "data:text/javascript,";

/** What the child does: a line, by the shortest way. */
export function sayHere(): void {
  Deno.stdout.writeSync(LINE);
}

/** Milliseconds until the first line of the child is here. */
async function firstLine(open: () => ReturnType<typeof openSelf<"-|">>): Promise<number> {
  const start = performance.now();
  await using child = open();
  const count = await child.readable.readInto(new Uint8Array(LINE.length));
  const cost = performance.now() - start;
  if (count !== LINE.length) throw new Error("The child has said nothing");
  await child.close();
  return cost;
}

/** A Deno by `Deno.Command`, from its start to its end: the least that a start can cost. */
async function emptyDeno(): Promise<void> {
  const args = ["run", "--no-config", "--no-prompt", "--quiet", `--allow-ffi=${libc().path}`, NOTHING];
  const { success } = await new Deno.Command(Deno.execPath(), { args, stdin: "null" }).output();
  if (!success) throw new Error("Deno does not run");
}

export async function selfRows({ rounds, share }: Scale): Promise<Row[]> {
  await using warm = warmSelf("-|", import.meta.url);
  const [fresh, spare, empty] = [
    "openSelf: until its first line",
    "warmSelf: until its first line",
    "Deno that does nothing",
  ];
  const costs = await sideBySide([
    { name: empty, cost: () => timedAsync(emptyDeno) },
    { name: fresh, cost: () => firstLine(() => openSelf("-|", import.meta.url, "sayHere")) },
    {
      name: spare,
      cost: async () => {
        await warm.ready();
        return await firstLine(() => warm.open("sayHere"));
      },
    },
  ], Math.max(rounds, Math.round(20 * share)));
  return [
    { what: `${fresh}, against a ${empty}, to its end`, measured: ratio(costs, fresh, empty), unit: "times" },
    { what: fresh, measured: summary(samples(costs, fresh)), unit: "ms" },
    { what: spare, measured: summary(samples(costs, spare)), unit: "ms", goal: { most: 5 } },
  ];
}
