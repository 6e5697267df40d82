/** Programs of their own: a fresh Deno with the permissions that a user would give it. */
import { libc } from "../../ffi/libc.ts";

/** What a program wrote and how it ended. */
export interface Ended {
  code: number;
  signal: string | null;
  stdout: string;
  stderr: string;
}

/** How {@linkcode deno} starts a program. */
export interface DenoOptions {
  /** Flags such as `--allow-run=ps`; `--no-prompt` and the path of libc are always given. */
  flags?: string[];
  args?: string[];
  cwd?: string;
  env?: Record<string, string>;
  /** A program that starts it, such as `["prlimit", "--nofile=64"]`. */
  under?: string[];
  /** @default {"run"} */
  subcommand?: "run" | "test";
}

/** The path of a file of the repository. */
export function repository(path: string): string {
  return new URL(`../../${path}`, import.meta.url).pathname;
}

/** The command line that runs `file` with `--allow-ffi` for libc alone. */
export function denoCommand(file: string, options: DenoOptions = {}): string[] {
  const { under = [], subcommand = "run", flags = [], args = [] } = options;
  const config = ["--no-prompt", "--quiet", `--config=${repository("deno.json")}`, `--allow-ffi=${libc().path}`];
  return [...under, Deno.execPath(), subcommand, ...config, ...flags, file, ...args];
}

/** Run the program in `file` to its end. */
export async function deno(file: string, options: DenoOptions = {}): Promise<Ended> {
  const [program, ...args] = denoCommand(file, options);
  const { cwd, env = {} } = options;
  const command = new Deno.Command(program!, { args, cwd, env: { NO_COLOR: "1", ...env }, stdin: "null" });
  const { code, signal, stdout, stderr } = await command.output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, signal, stdout: text(stdout), stderr: text(stderr) };
}

/** Run `source`, a module that imports the library as "vasty/" and a path of the repository, to its end. */
export async function denoSource(source: string, options: DenoOptions = {}): Promise<Ended> {
  const file = await Deno.makeTempFile({ suffix: ".ts" });
  try {
    const root = new URL("../../", import.meta.url).href;
    await Deno.writeTextFile(file, source.replaceAll(/(["'])vasty\//g, `$1${root}`));
    return await deno(file, options);
  } finally {
    await Deno.remove(file);
  }
}
