/** The environment of a child. */
import { libc } from "../../ffi/libc.ts";
import { type Block, cString, pointersAt, readCString, stringArray, stringsAt } from "../../ffi/memory.ts";
import { getenv } from "../../ffi/stdlib.ts";
import { decodeText } from "../../ffi/text.ts";
import { syscallError } from "../core/errors.ts";

/** As many as a process id can have: the kernel's limit is 2 ** 22. */
export const PID_DIGITS = 10;

/** The list that execve(2) takes; disposing frees what was made for it. */
export class Environment implements Disposable {
  /** Where it lies: this program's own list where the child gets just that. */
  readonly address: number;
  /** Where in it the child puts its process id as text, of at most {@linkcode PID_DIGITS} digits. */
  readonly pids: readonly number[] = [];
  readonly #own: Block | undefined;

  /** `pids` are variables that end with the child's process id: their names, and the text before it. */
  constructor(env: Record<string, string> | undefined, clear: boolean, pids?: Readonly<Record<string, string>>) {
    if (env === undefined && !clear && pids === undefined) {
      this.address = inherited();
      return;
    }
    const open = Object.entries(pids ?? {}).map(assignment);
    const named = { ...env, ...pids };
    const entries = Object.entries(env ?? {}).filter(([name]) => pids === undefined || !Object.hasOwn(pids, name));
    const kept = clear ? [] : pointersAt(inherited()).filter((at) => !isNamed(at, named));
    this.#own = stringArray([...open.map(withRoom), ...entries.map(assignment)], kept);
    this.address = this.#own.address;
    const places = open.length === 0 ? [] : pointersAt(this.address);
    this.pids = open.map((text, i) => places[i]! + text.length - 1);
  }

  /** Free it; the child has its copy. */
  [Symbol.dispose](): void {
    this.#own?.free();
  }
}

/** `text` with room for a process id behind it, and the NUL behind that. */
function withRoom(text: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(text.length + PID_DIGITS);
  bytes.set(text);
  return bytes;
}

function assignment([name, value]: [string, string]): Uint8Array {
  if (name === "" || name.includes("=")) {
    throw new TypeError(`Not the name of an environment variable: ${JSON.stringify(name)}`);
  }
  return cString(`${name}=${value}`, "A variable of the environment");
}

/** Whether the assignment at `address` is of one of the variables in `env`. */
function isNamed(address: number, env: Record<string, string>): boolean {
  return Object.hasOwn(env, variableIn(readCString(address))[0]);
}

function variableIn(text: string): [name: string, value: string] {
  const at = text.indexOf("=");
  return [text.slice(0, at), text.slice(at + 1)];
}

/** Whether the name at `at` may begin with one of `prefixes`, of capital letters; most are looked at no further. */
function mayBegin(text: Uint8Array, at: number, prefixes: readonly string[]): boolean {
  let code = text[at]!;
  while (code === 0x20 || (code >= 0x09 && code <= 0x0d)) code = text[++at]!;
  for (let begun = "";; code = text[++at]!) {
    // There is white space besides that of ASCII.
    if (code >= 0x80) return true;
    begun += String.fromCharCode(code).toUpperCase();
    if (prefixes.includes(begun)) return true;
    // Behind a NUL, with which none goes on, is another variable.
    if (!prefixes.some((prefix) => prefix.startsWith(begun))) return false;
  }
}

/**
 * The variables that are named for a child, and those that are handed on whose names may begin with one of `prefixes`, without
 * regard to case and white space before.
 *
 * @throws {SyscallError} `ENOMEM`.
 */
export function* variablesOf(
  env: Readonly<Record<string, string>>,
  clear: boolean,
  prefixes: readonly string[],
): Generator<[name: string, value: string], void> {
  yield* Object.entries(env);
  const all = clear ? new Uint8Array(0) : stringsAt(inherited());
  if (typeof all === "number") throw syscallError("read the environment", -all, "argz_create");
  for (let at = 0, end; at < all.length; at = end + 1) {
    end = all.indexOf(0, at);
    if (!mayBegin(all, at, prefixes)) continue;
    const variable = variableIn(decodeText(all.subarray(at, end)));
    if (!Object.hasOwn(env, variable[0])) yield variable;
  }
}

const pointer = new BigUint64Array(1);
let environ = 0;

/** What the C variable `environ` points to now: `Deno.env.set` may have moved it. */
function inherited(): number {
  environ ||= libc().symbol("environ");
  libc().get(pointer, environ, 8);
  return Number(pointer[0]);
}

/** The directories where a child's program is looked for: by the PATH that the child gets, as execvp(3) does. */
export function searchPath(env: Record<string, string> | undefined, clear: boolean): string[] {
  let path = env?.PATH;
  if (path === undefined && !clear) {
    const address = getenv(cString("PATH"));
    if (address !== 0) path = readCString(address);
  }
  return (path ?? "/bin:/usr/bin").split(":");
}
