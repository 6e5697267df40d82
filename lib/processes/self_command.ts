/** The command line of a Deno that runs an export of a module in this program's way. */
import { FCNTL } from "../../ffi/abi/fcntl.ts";
import { libc } from "../../ffi/libc.ts";
import { cString } from "../../ffi/memory.ts";
import { textOf } from "../../ffi/proc.ts";
import { eaccess } from "../../ffi/unistd.ts";
import type { Around } from "../core/around.ts";
import { syscallError } from "../core/errors.ts";
import { pathOf } from "../core/path.ts";
import { here } from "./self_child.ts";
import { grants, type SelfPermissions } from "./self_permissions.ts";

/** The child's numbers of the descriptors through which it gets its orders and reports. */
export interface Channel {
  readonly orders: number;
  readonly report: number;
  /** Whether its standard output is a pipe whose reader may close it. */
  readonly read?: boolean;
}

/** Flags that decide how modules are found and run: the child must find the same ones. */
const KEPT =
  /^--(config|no-config|import-map|cert|lock|no-lock|frozen|node-modules-dir|vendor|no-remote|no-npm|cached-only|unstable[\w-]*|conditions|v8-flags|location|unsafely-ignore-certificate-errors)(=|$)/;
/** Those whose value may be the next word, and those whose value is a file. */
const TAKES_VALUE = /^--(config|import-map|cert|location|conditions)$/;
const NAMES_FILE = /^--(config|import-map|cert|lock)=(?!\w+:\/\/)(.*)$/s;

/**
 * The command that has a fresh Deno load `module` and wait for its orders. The module is imported by a program in the
 * command line itself, where Deno sees its name and so asks for no permission to read it.
 *
 * @param around Code of the library that runs around the export.
 * @throws {Deno.errors.NotCapable} if a permission is to be given away that this program does not have.
 */
export function selfCommand(module: URL, permissions: SelfPermissions, channel: Channel, around?: Around): string[] {
  if (Deno.build.standalone) throw new Deno.errors.NotSupported("A compiled program has no Deno to start again");
  const own = ownFlags();
  const { flags, forget } = grants(permissions, libc().path, own);
  const name = JSON.stringify(module.href);
  const entry = [
    `const self = globalThis[Symbol.for("vasty.self")] = ${
      JSON.stringify({ ...channel, forget, module, around: around?.name })
    };`,
    `self.load = () => import(${name});`,
    ...[here(), around?.module].filter((file) => file !== undefined).map((file) =>
      `await import(${JSON.stringify(file)});`
    ),
    `await self.run(self);`,
  ].join("\n");
  const program = `data:text/javascript,${encodeURIComponent(entry)}`;
  return [Deno.execPath(), "run", "--no-prompt", "--quiet", ...flags, ...moduleFlags(own, module), program];
}

/** The words that started this program, Deno's own name first. */
export function commandLine(): string[] {
  const text = textOf("/proc/self/cmdline");
  if (typeof text === "number") throw syscallError(`read "/proc/self/cmdline"`, -text, "read");
  return text.split("\0").slice(0, -1);
}

/** What stands before this program's own arguments on the command line of this Deno. */
function ownFlags(): string[] {
  const words = commandLine();
  return words.slice(1, words.length - Deno.args.length);
}

/** The flags by which the child finds modules as this Deno does. */
function moduleFlags(own: readonly string[], module: URL): string[] {
  const flags: string[] = [];
  own.forEach((word, i) => {
    const long = word.replace(/^-c=?(?=.)|^-c$/, (short) => short === "-c" && word === "-c" ? "--config" : "--config=");
    if (!KEPT.test(long)) return;
    flags.push(absoluteFile(TAKES_VALUE.test(long) ? `${long}=${own[i + 1]}` : long));
  });
  if (!flags.some((flag) => /^--(no-)?config/.test(flag))) flags.push(configFlag(module));
  return flags;
}

/** The child may have another directory. */
function absoluteFile(flag: string): string {
  return flag.replace(
    NAMES_FILE,
    (_, name, path) => `--${name}=${path.startsWith("/") ? path : `${Deno.cwd()}/${path}`}`,
  );
}

/** Deno looks for a configuration beside the program and above it; here that is the module, not the command line. */
function configFlag(module: URL): string {
  if (module.protocol !== "file:") return "--no-config";
  for (let folder = pathOf(module); folder !== "";) {
    folder = folder.slice(0, folder.lastIndexOf("/"));
    for (const name of ["deno.json", "deno.jsonc"]) {
      if (eaccess(cString(`${folder}/${name}`), FCNTL.R_OK) === 0) return `--config=${folder}/${name}`;
    }
  }
  return "--no-config";
}
