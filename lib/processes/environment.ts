/** The environment of a child. */
import { libc } from "../../ffi/libc.ts";
import { type Block, cString, pointersAt, readCString, stringArray } from "../../ffi/memory.ts";
import { getenv } from "../../ffi/stdlib.ts";

/** The list that execve(2) takes; disposing frees what was made for it. */
export class Environment implements Disposable {
  /** Where it lies: this program's own list where the child gets just that. */
  readonly address: number;
  readonly #own: Block | undefined;

  constructor(env: Record<string, string> | undefined, clear: boolean) {
    if (env === undefined && !clear) {
      this.address = inherited();
      return;
    }
    const entries = Object.entries(env ?? {});
    const kept = clear ? [] : pointersAt(inherited()).filter((at) => !isNamed(at, env ?? {}));
    this.#own = stringArray(entries.map(assignment), kept);
    this.address = this.#own.address;
  }

  /** Free it; the child has its copy. */
  [Symbol.dispose](): void {
    this.#own?.free();
  }
}

function assignment([name, value]: [string, string]): Uint8Array {
  if (name === "" || name.includes("=")) {
    throw new TypeError(`Not the name of an environment variable: ${JSON.stringify(name)}`);
  }
  return cString(`${name}=${value}`, "A variable of the environment");
}

/** Whether the assignment at `address` is of one of the variables in `env`. */
function isNamed(address: number, env: Record<string, string>): boolean {
  const text = readCString(address);
  return Object.hasOwn(env, text.slice(0, text.indexOf("=")));
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
