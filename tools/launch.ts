/**
 * Starts a program of the repository with the permissions that its first line asks for, in the folder where the user
 * stands, and ends as it ends: `launch.ts FILE ARGS`, or `launch.ts --example NAME ARGS` for an example.
 *
 * It stays between the terminal and the program, because `deno task` forwards signals: a typed ^C would come twice.
 * SIGKILL is the one signal that it cannot pass on.
 */
import { resolve } from "node:path";
import { libcPath } from "../ffi/libc.ts";
import { exampleNames, folderOf, isMissing } from "./examples.ts";

/** Passed on to the program. A terminal sends INT and QUIT to the whole group, so the program has those already. */
const FORWARDED = ["SIGTERM", "SIGHUP", "SIGUSR1", "SIGUSR2", "SIGWINCH"] as const;
const LEFT_TO_THE_TERMINAL = ["SIGINT", "SIGQUIT"] as const;
/** Milliseconds for a raised signal to end this program: it may be delivered to another of its threads. */
const RAISED = 2_000;

/** A fault that is the user's or the program's, told in one line. */
export class LaunchError extends Error {
  /** What this program exits with. */
  readonly code: number;

  constructor(message: string, code = 1) {
    super(message);
    this.code = code;
  }
}

/**
 * The flags of a line `// permissions: FLAG...`, with its placeholders filled in: `{libc}` the path of libc, `{deno}`
 * Deno's own, `{home}` the user's folder, `{repository}` this folder's parent, `{N}` the N-th of `args`, `{N..}` that and all after. A flag that names
 * an argument which was not given, or is empty, is left out;
 * `{N=TEXT}` is TEXT then. `{/N}` and `{/N=TEXT}` are the same as absolute paths. `{+N}` does not count the options,
 * `--NAME VALUE` each, that `args` begin with. To the network a V6 is named in brackets.
 */
export function permissions(firstLine: string, args: readonly string[]): string[] {
  const line = /^\/\/ permissions:(.*)$/.exec(firstLine);
  if (line === null) throw new LaunchError("its first line is not `// permissions: FLAGS`");
  const flags = line[1]!.split(" ").filter((word) => word !== "");
  return flags.map((flag) => filledIn(flag, args)).filter((flag) => flag !== undefined);
}

function filledIn(flag: string, args: readonly string[]): string | undefined {
  let complete = true;
  const result = flag.replaceAll(/\{([^}]*)\}/g, (_, name) => {
    const values = valuesOf(name, args).filter((value) => value !== "");
    complete &&= values.length > 0;
    return values.map((value) => withoutComma(flag, bracketed(flag, value))).join(",");
  });
  return complete ? result : undefined;
}

function valuesOf(placeholder: string, args: readonly string[]): readonly string[] {
  if (placeholder === "libc") return [libcPath()];
  if (placeholder === "deno") return [Deno.execPath()];
  if (placeholder === "home") return [Deno.env.get("HOME") ?? ""];
  if (placeholder === "repository") return [folderOf(new URL("../", import.meta.url))];
  const [, kind, digits, rest, text] = /^([/+]?)([1-9]\d*)(\.\.|=(.+))?$/.exec(placeholder) ?? [];
  if (digits === undefined) throw new LaunchError(`its permissions have an unknown placeholder {${placeholder}}`);
  const at = Number(digits) - 1 + (kind === "+" ? optionsBefore(args) : 0);
  const given = rest === ".." ? args.slice(at) : args.slice(at, at + 1);
  const values = given.length === 0 && text !== undefined ? [text] : given;
  return kind === "/" ? values.map((value) => value && resolve(standing(), value)) : values;
}

/** How many words the options take that `args` begin with, a value each. */
function optionsBefore(args: readonly string[]): number {
  let words = 0;
  while (args[words]?.startsWith("--")) words += 2;
  return words;
}

/** Where the user stands, as the program will be told. */
function standing(): string {
  return Deno.realPathSync(Deno.env.get("INIT_CWD") ?? ".");
}

/** A bare V6 in a list of hosts: Deno would take its end for a port. */
function bracketed(flag: string, value: string): string {
  return flag.startsWith("--allow-net=") && /^[^[\]/]*:[^[\]/]*:[^[\]/]*$/.test(value) ? `[${value}]` : value;
}

/** A comma that Deno would split at grants something else than what was meant, and nothing escapes it. */
function withoutComma(flag: string, value: string): string {
  if (!value.includes(",")) return value;
  throw new LaunchError(`Deno takes no comma in ${flag.replace(/=.*/, "")}: ${JSON.stringify(value)}`);
}

/** The program that is meant, and its arguments. */
function programOf([first, ...rest]: readonly string[]): { file: URL; args: string[] } {
  const root = new URL("../", import.meta.url);
  if (first === "--example") return exampleOf(root, rest);
  if (first === undefined) throw new LaunchError("usage: launch.ts FILE ARGS | --example NAME ARGS", 2);
  return { file: new URL(first, root), args: rest };
}

function exampleOf(root: URL, [name, ...args]: readonly string[]): { file: URL; args: string[] } {
  const names = exampleNames();
  if (name !== undefined && names.includes(name)) return { file: new URL(`examples/${name}.ts`, root), args };
  const problem = name === undefined ? "Which example?" : `There is no example ${JSON.stringify(name)}.`;
  throw new LaunchError(`${problem} The names are:\n${names.join("\n")}`, 2);
}

/** The command line of `file` and its arguments. */
function denoArguments(file: URL, args: readonly string[]): string[] {
  const path = folderOf(file);
  let source: string;
  try {
    source = Deno.readTextFileSync(file);
  } catch (error) {
    throw isMissing(error) ? new LaunchError(`there is no ${path}`, 2) : error;
  }
  const granted = permissions(source.slice(0, source.indexOf("\n")), args);
  const config = `--config=${folderOf(new URL("../deno.json", import.meta.url))}`;
  return ["run", "--no-prompt", "--quiet", "--no-check", config, ...granted, path, ...args];
}

/** Run it to its end, passing signals on. */
async function launch(args: readonly string[]): Promise<Deno.CommandStatus> {
  const program = programOf(args);
  const command = new Deno.Command(Deno.execPath(), {
    args: denoArguments(program.file, program.args),
    // Where the user stood before `deno task` went to the folder of deno.json.
    cwd: Deno.env.get("INIT_CWD"),
    stdin: "inherit",
    stdout: "inherit",
    stderr: "inherit",
  });
  // The listeners stand before there is a program: a signal that comes now is passed on as soon as there is one.
  let child: Deno.ChildProcess | undefined;
  const listeners = listen((signal) => pass(child, signal));
  try {
    child = command.spawn();
    return await statusOf(child);
  } finally {
    for (const [signal, listener] of listeners) Deno.removeSignalListener(signal, listener);
  }
}

/** Listen for all signals that a user sends, and forward those that the terminal does not. */
function listen(forward: (signal: Deno.Signal) => void): [Deno.Signal, () => void][] {
  const listeners: [Deno.Signal, () => void][] = [
    ...FORWARDED.map((signal): [Deno.Signal, () => void] => [signal, () => forward(signal)]),
    ...LEFT_TO_THE_TERMINAL.map((signal): [Deno.Signal, () => void] => [signal, () => {}]),
  ];
  for (const [signal, listener] of listeners) Deno.addSignalListener(signal, listener);
  return listeners;
}

function pass(child: Deno.ChildProcess | undefined, signal: Deno.Signal): void {
  try {
    child?.kill(signal);
  } catch {
    // It has ended; its status is on the way.
  }
}

/** Deno has no name for a real-time signal and throws instead of telling the status. */
async function statusOf(child: Deno.ChildProcess): Promise<Deno.CommandStatus> {
  try {
    return await child.status;
  } catch (error) {
    const [, number] = /Invalid signal: (\d+)/.exec(String(error)) ?? [];
    if (number === undefined) throw error;
    return { success: false, code: 128 + Number(number), signal: null };
  }
}

/**
 * End as the program ended. Where it was a signal, this program raises the same at itself; where that does not end it (a
 * real-time signal, one that Deno handles), it exits with 128 and the signal's number, as a shell reports it.
 */
async function endAs({ code, signal }: Deno.CommandStatus): Promise<never> {
  if (signal === null) Deno.exit(code);
  if (signal === "SIGPIPE") restoreSigpipe();
  Deno.kill(Deno.pid, signal);
  // The first SIGSEGV or SIGBUS only takes away the runtime's own handler.
  Deno.kill(Deno.pid, signal);
  await new Promise((resolve) => setTimeout(resolve, RAISED));
  Deno.exit(code);
}

/** Deno ignores SIGPIPE, but once there was a listener it acts as by default. */
function restoreSigpipe(): void {
  const listener = () => {};
  Deno.addSignalListener("SIGPIPE", listener);
  Deno.removeSignalListener("SIGPIPE", listener);
}

if (import.meta.main) {
  let status: Deno.CommandStatus;
  try {
    status = await launch(Deno.args);
  } catch (error) {
    console.error(`launch: ${error instanceof Error ? error.message : error}`);
    Deno.exit(error instanceof LaunchError ? error.code : 1);
  }
  await endAs(status);
}
