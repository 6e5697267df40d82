// permissions: --allow-ffi={libc}
/**
 * `names [NUMBER or NAME]`: prints the name of a signal, or its number; without an argument all of them, as `kill -l` does.
 */
import { signalName, signalNames, signalNumber } from "../../lib/signals/mod.ts";
import { print, run, UsageError } from "../program.ts";

/** Without SIG, as Perl and kill(1) name them. */
const short = (name: string) => name.replace(/^SIG/, "");

function table(): void {
  for (const name of signalNames()) print(`${`${signalNumber(name)}`.padStart(2)}) ${name}`);
}

function one(signal: string): void {
  if (!/^\d+$/.test(signal)) return print(`SIG${short(signal)} is ${signalNumber(signal)}`);
  const name = signalName(Number(signal));
  // Those that the C library keeps for itself have a number and no name.
  if (!name.startsWith("SIG")) throw new Error(`Signal ${signal} has no name`);
  print(`signal #${Number(signal)} = ${short(name)}`);
}

await run({
  name: "names",
  usage: "[NUMBER or NAME]",
  main: (args) => {
    if (args.length > 1) throw new UsageError();
    args.length === 0 ? table() : one(args[0]!);
    return Promise.resolve();
  },
});
