/** Restarts under a load that does not wait for them. */
import { OtherEnd } from "../sockets/other_end.ts";
import { assert, assertEquals, EMULATED, repository, test, within } from "../support/mod.ts";
import { linkOf, numbers } from "../support/proc.ts";
import { childrenOf, Phoenix, until } from "./phoenix.ts";

/** Restarts, the milliseconds from one to the next, and the connections a second that they come under. */
const [RESTARTS, PERIOD, RATE] = EMULATED ? [1, 100, 5] : Deno.env.get("VASTY_SOAK") === "1" ? [20, 3_000, 500] : [
  3,
  400,
  500,
];

/** What `restart_load.pl` tells at its end: `ends` has how many connections had which end, `whom` who answered how many. */
interface Loaded {
  begun: number;
  ends: string;
  seconds: number;
  longest: number;
  whom: string[];
}

/** Connections that are begun `RATE` times a second. */
class SteadyLoad {
  readonly #end: OtherEnd;

  constructor(phoenix: Phoenix, by: "tcp" | "unix") {
    const where = by === "tcp" ? `${phoenix.port}` : `${phoenix.folder}/socket`;
    this.#end = new OtherEnd(["perl", repository("tests/servers/programs/restart_load.pl"), by, where, `${RATE}`]);
  }

  async begun(): Promise<void> {
    await this.#end.prints("READY");
  }

  async end(): Promise<Loaded> {
    await this.#end.end();
    const [, begun, ends, seconds, longest, whom] = /DONE (\d+)\|(.*)\|([\d.]+)\|(\d+)\|(.*)\n/.exec(
      await this.#end.prints(),
    )!;
    return {
      begun: Number(begun),
      ends: ends!,
      seconds: Number(seconds),
      longest: Number(longest),
      whom: whom!.split(","),
    };
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#end[Symbol.asyncDispose]();
  }
}

function links(pid: number): string[] {
  return numbers(`/proc/${pid}/fd`).map((fd) => `${fd} ${linkOf(`/proc/${pid}/fd/${fd}`)}`);
}

/**
 * How many descriptors process `pid` has besides those of its clients, none of whom stays for as long as this looks. A program
 * that waits much does so in a thread of the library, which has two of its own.
 */
async function lasting(pid: number): Promise<number> {
  await until(() => links(pid).filter((link) => link.includes("[eventfd]")).length === 2, "a loop in its thread");
  let found = links(pid);
  for (let same = 0; same < 10;) {
    await new Promise((resolve) => setTimeout(resolve, 20));
    const now = new Set(links(pid));
    const still = found.filter((link) => now.has(link));
    // On a busy machine a client may stay for a while.
    same = still.length === found.length ? same + 1 : 0;
    found = still;
  }
  return found.length;
}

for (const by of ["tcp", "unix"] as const) {
  test(
    `Restarter.restart() ${RESTARTS} times under ${RATE} connections a second (${by}): nobody is refused or reset`,
    async () => {
      await using phoenix = await Phoenix.start();
      await using load = new SteadyLoad(phoenix, by);
      await load.begun();
      const counts = [await lasting(phoenix.pid)];
      const begun = performance.now();
      for (let round = 2; round <= RESTARTS + 1; round++) {
        phoenix.kill("SIGHUP");
        assertEquals(await phoenix.said(), `ready ${round} ${phoenix.pid} ${phoenix.port}`);
        counts.push(await lasting(phoenix.pid));
        assertEquals(childrenOf(phoenix.pid), []);
        const rest = begun + (round - 1) * PERIOD - performance.now();
        await new Promise((resolve) => setTimeout(resolve, Math.max(0, rest)));
      }
      const { begun: all, ends, seconds, longest, whom } = await load.end();
      const figures = `${all} in ${seconds} s: ${ends}; the longest took ${longest} ms; descriptors ${counts}; ${whom}`;
      if (Deno.env.get("VASTY_SOAK") === "1") console.log(figures);
      assertEquals(ends, `answered=${all}`);
      assert(all / seconds >= 0.95 * RATE, figures);
      assertEquals(new Set(counts).size, 1, figures);
      assertEquals(whom.length, RESTARTS + 1, figures);
      assert(whom.every((who) => who.includes(`:${phoenix.pid}=`)), figures);
      assert(longest < within(10_000), figures);
    },
    { needs: ["perl"] },
  );
}
