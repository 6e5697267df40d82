// permissions: --allow-ffi={libc} --allow-run={deno},sh,true,sleep,head,echo,yes,tr,seq,cat,bash,/nowhere/no-such-program --allow-read={repository},/tmp,/proc/sysvipc --allow-write=/tmp --allow-net=127.0.0.1,127.0.0.2,0.0.0.0,localhost
/**
 * `deno task tour [AREA...]` shows what the library does, one line a step: what was done, what was found, what was measured;
 * with AREAs, such as `sockets`, what those do. Ends with 1 if anything was wrong, with the reason on the step's line.
 */
import { examples } from "./tour/examples.ts";
import { ffi } from "./tour/ffi.ts";
import { joinedTerminals } from "./tour/joined_terminals.ts";
import { locks } from "./tour/locks.ts";
import { pipes } from "./tour/pipes.ts";
import { processes } from "./tour/processes.ts";
import { signalSteps } from "./tour/signals.ts";
import { servers } from "./tour/servers.ts";
import { sockets } from "./tour/sockets.ts";
import { since, type Step } from "./tour/step.ts";
import { sysv } from "./tour/sysv.ts";
import { terminals } from "./tour/terminals.ts";

const STEPS: readonly Step[] = [
  ...ffi,
  ...processes,
  ...pipes,
  ...locks,
  ...signalSteps,
  ...sockets,
  ...servers,
  ...sysv,
  ...terminals,
  ...joinedTerminals,
  ...examples,
];

/** Whether it was right. */
async function show({ area, title, run }: Step): Promise<boolean> {
  const start = performance.now();
  const line = (verdict: string, text: string) =>
    console.log(`${verdict.padEnd(6)}${area.padEnd(10)} ${title.padEnd(26)} ${text} (${since(start)})`);
  try {
    line("ok", await run());
    return true;
  } catch (error) {
    line("WRONG", error instanceof Error ? error.message.replaceAll("\n", " / ") : String(error));
    return false;
  }
}

const areas = new Set(STEPS.map(({ area }) => area));
const unknown = Deno.args.filter((word) => !areas.has(word));
if (unknown.length > 0) {
  console.error(`Usage: deno task tour [AREA...], of ${[...areas].join(", ")}`);
  Deno.exit(unknown.includes("--help") ? 0 : 2);
}
const chosen = STEPS.filter(({ area }) => Deno.args.length === 0 || Deno.args.includes(area));
const start = performance.now();
let wrong = 0;
for (const step of chosen) if (!await show(step)) wrong++;
console.log(`${chosen.length} steps in ${since(start)}: ${wrong === 0 ? "all is well" : `${wrong} WRONG`}`);
Deno.exitCode = wrong === 0 ? 0 : 1;
