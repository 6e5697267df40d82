/** Locks: taking one that is free, against Perl and Deno's own files, and getting one that another process lets go. */
import { flock, flockSync, tryFlock, tryLockRange } from "../lib/locks/mod.ts";
import type { Scale } from "./main.ts";
import { type Contender, ratio, sideBySide, summary, timed, timedAsync } from "./measure.ts";
import { numberFrom } from "./peers.ts";
import type { Row } from "./report.ts";

const PERL = "use Time::HiRes 'time'; my ($p, $n) = @ARGV; my $t = time; " +
  'for (1..$n) { open(F, "+<", $p) or die; flock(F, 2) or die; close(F) } print 1e6 * (time - $t) / $n';

/** Microseconds to open a file, to lock it and to close it. */
function contenders(path: string, count: number): Contender[] {
  const each = (take: () => void) => () =>
    1_000 / count * timed(() => {
      for (let i = 0; i < count; i++) take();
    });
  const deno = () => {
    using file = Deno.openSync(path, { read: true, write: true });
    file.lockSync(true);
  };
  return [
    { name: "Perl", cost: () => numberFrom(["perl", "-e", PERL, path, `${count}`]) },
    { name: "Deno.FsFile.lockSync()", cost: each(deno) },
    { name: "tryFlock()", cost: each(() => tryFlock(path, "exclusive")!.unlock()) },
    { name: "flockSync(), timeout", cost: each(() => flockSync(path, "exclusive", { timeout: 1_000 }).unlock()) },
    { name: "tryLockRange()", cost: each(() => tryLockRange(path, "exclusive")!.unlock()) },
  ];
}

/** Microseconds from the release of a lock to its being had by one who waits. */
function handOver(path: string, count: number): Contender {
  const once = async () => {
    const holder = flockSync(path, "exclusive");
    const waiting = flock(path, "exclusive");
    // The thread is in its call by then.
    await new Promise((resolve) => setTimeout(resolve, 1));
    return await timedAsync(async () => {
      holder.unlock();
      (await waiting).unlock();
    });
  };
  return {
    name: "flock() that waits",
    cost: async () => {
      let ms = 0;
      for (let i = 0; i < count; i++) ms += await once();
      return 1_000 * ms / count;
    },
  };
}

export async function lockRows({ rounds, share }: Scale): Promise<Row[]> {
  const path = await Deno.makeTempFile();
  try {
    const free = contenders(path, Math.max(10, Math.round(20_000 * share)));
    const costs = await sideBySide([...free, handOver(path, Math.max(5, Math.round(200 * share)))], rounds);
    const micro = (name: string) => summary(costs.get(name)!);
    return [
      ...free.map(({ name }): Row => ({
        what: `open, lock and close a file, ${name}`,
        measured: micro(name),
        unit: "µs",
        note: name === "Perl" ? "" : `${ratio(costs, name, "Perl").median.toFixed(2)} times Perl's`,
      })),
      { what: "from a release to the lock of one who waits", measured: micro("flock() that waits"), unit: "µs" },
    ];
  } finally {
    await Deno.remove(path);
  }
}
