/** What belongs to every example: `--help`, usage errors, faults on stderr, exit codes. */

/** The end of the program's own output is gone, as with `| head -1`: nobody is left to tell. */
export class OutputGone extends Error {
  constructor() {
    super("nobody reads standard output any more");
  }
}

/** The arguments make no sense. */
export class UsageError extends Error {}

/** What an example is called and takes. */
export interface Program {
  /** Its name, as faults show it. */
  name: string;
  /** Its arguments, such as "[CMD...]". */
  usage: string;
  /** Does the work; its result is the exit code, 0 if it returns nothing. */
  main: (args: string[]) => Promise<number | void>;
}

/** As a shell shows an end by SIGPIPE, which Deno ignores. */
const BROKEN_PIPE = 141;

/** Print one line of the results, at once. */
export function print(line: string): void {
  printBytes(new TextEncoder().encode(`${line}\n`));
}

/** Print results as they are. `console.log` would not tell that nobody reads any more. */
export function printBytes(bytes: Uint8Array): void {
  try {
    for (let at = 0; at < bytes.length;) at += Deno.stdout.writeSync(bytes.subarray(at));
  } catch (error) {
    throw outputError(error);
  }
}

/** The same without holding up what else this program does while nobody reads. */
export async function printBytesMeanwhile(bytes: Uint8Array): Promise<void> {
  try {
    for (let at = 0; at < bytes.length;) at += await Deno.stdout.write(bytes.subarray(at));
  } catch (error) {
    throw outputError(error);
  }
}

function outputError(error: unknown): unknown {
  return error instanceof Deno.errors.BrokenPipe ? new OutputGone() : error;
}

/** Run an example: exit code 0 done, 1 failed, 2 wrong usage. */
export async function run(program: Program): Promise<void> {
  try {
    Deno.exitCode = await outcome(program) ?? 0;
  } catch (error) {
    Deno.exitCode = fault(program, error);
  }
}

function outcome(program: Program): Promise<number | void> {
  if (Deno.args[0] !== "--help") return program.main(Deno.args);
  print(usage(program));
  return Promise.resolve(0);
}

function usage({ name, usage }: Program): string {
  return `usage: ${name} ${usage}`.trimEnd();
}

function fault(program: Program, error: unknown): number {
  if (error instanceof OutputGone) return BROKEN_PIPE;
  if (error instanceof UsageError) {
    console.error(usage(program));
    return 2;
  }
  console.error(`${program.name}: ${error instanceof Error ? error.message : error}`);
  return 1;
}
