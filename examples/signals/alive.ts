// permissions: --allow-ffi={libc} --allow-run
/**
 * `alive PID...`: says of each process whether it is there, by sending it signal 0, which does nothing; exit 1 if one is gone.
 */
import { alive } from "../../lib/signals/mod.ts";
import { print, run, UsageError } from "../program.ts";

const WORDS = { alive: "alive", "not yours": "not yours (EPERM)", gone: "gone" };

/** As the kernel counts them. */
const LARGEST = 2 ** 31 - 1;

function pidOf(word: string): number {
  const pid = /^\d+$/.test(word) ? Number(word) : 0;
  if (pid < 1 || pid > LARGEST) throw new UsageError();
  return pid;
}

await run({
  name: "alive",
  usage: "PID...",
  main: (args) => {
    if (args.length === 0) throw new UsageError();
    const answers = args.map(pidOf).map((pid) => ({ pid, answer: alive(pid) }));
    for (const { pid, answer } of answers) print(`${pid} ${WORDS[answer]}`);
    return Promise.resolve(answers.some(({ answer }) => answer === "gone") ? 1 : 0);
  },
});
