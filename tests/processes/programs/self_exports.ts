/** What tests of openSelf() have a child of theirs run. */
import { openDescriptors } from "../../../ffi/dirent.ts";
import { kill } from "../../../ffi/signal.ts";
import { getgroups, getresgid, getresuid, setresuid } from "../../../ffi/unistd.ts";

/** Show what came. */
export function show(...args: unknown[]): void {
  console.log(Deno.inspect(args, { depth: 9, strAbbreviateSize: Infinity }));
}

/** Tell whether all that came is one and the same. */
export function same(...args: unknown[]): void {
  console.log(new Set(args).size === 1);
}

/** Copy standard input to standard output in capitals. */
export async function capitals(): Promise<number> {
  const text = await new Response(Deno.stdin.readable).text();
  console.log(text.toUpperCase());
  return 4;
}

/** End with what was given. */
export function returns(value: unknown): unknown {
  return value;
}

export function exits(code: number): void {
  Deno.exit(code);
}

export function setsExitCode(code: number): void {
  Deno.exitCode = code;
}

export async function throws(message: string): Promise<never> {
  await Promise.resolve();
  throw new RangeError(message, { cause: Object.assign(new Error("deeper"), { code: "EDEEP" }) });
}

/** Fail with what cannot be changed any more. */
export function throwsFrozen(): never {
  throw Object.freeze(new Error("frozen"));
}

/** Fail where nobody waits for it. */
export async function throwsLater(): Promise<void> {
  queueMicrotask(() => {
    throw new Error("uncaught");
  });
  await new Promise((resolve) => setTimeout(resolve, 60_000));
}

export function killsItself(signal: number): void {
  kill(Deno.pid, signal);
}

/** Say so, then stay. */
export async function stays(): Promise<void> {
  console.log(`READY ${Deno.pid}`);
  await new Promise((resolve) => setTimeout(resolve, 600_000));
}

export function writes(bytes: number): void {
  const chunk = new Uint8Array(bytes).fill(120);
  for (let at = 0; at < bytes;) at += Deno.stdout.writeSync(chunk.subarray(at));
}

/** The state of every permission, asked as Deno's user asks. */
export function permissions(): void {
  const names = ["env", "import", "net", "read", "run", "sys", "write"] as const;
  const state = (descriptor: Deno.PermissionDescriptor) => Deno.permissions.querySync(descriptor).state;
  console.log(JSON.stringify(Object.fromEntries(names.map((name) => [name, state({ name })]))));
}

/** Whether each of these is granted. */
export function granted(...descriptors: Deno.PermissionDescriptor[]): void {
  console.log(JSON.stringify(descriptors.map((one) => Deno.permissions.querySync(one).state)));
}

/** Real, effective and saved user and group, then the other groups. */
export function identity(): void {
  const triple = (get: typeof getresuid) => {
    const ids = [new Uint32Array(1), new Uint32Array(1), new Uint32Array(1)] as const;
    get(...ids);
    return ids.map(([id]) => id);
  };
  const groups = new Uint32Array(64);
  const count = getgroups(groups.length, groups);
  console.log(JSON.stringify([triple(getresuid), triple(getresgid), [...groups.subarray(0, count)]]));
}

/** Try to become root again, then to open `path` in each of the ways there are. */
export async function breaksOut(path: string): Promise<void> {
  const names: string[] = [];
  const attempt = async (open: () => unknown) => {
    try {
      await open();
      names.push("opened");
    } catch (error) {
      names.push((error as Error).name);
    }
  };
  names.push(String(setresuid(0, 0, 0)));
  await attempt(() => Deno.readTextFileSync(path));
  // Deno's pool has as many threads as are busy at once: none of them may have kept the old user.
  await Promise.all(Array.from({ length: 40 }, () => attempt(() => Deno.readTextFile(path))));
  await attempt(() => import(path));
  console.log([...new Set(names)].join(" "), names.length);
}

export function descriptors(): void {
  const open = openDescriptors();
  console.log(typeof open === "number" ? open : open.length);
}

/** What it was called as. */
export function commandLine(): void {
  console.log(JSON.stringify([Deno.args, import.meta.main]));
}

/** Print for ever, first at once, then again after a while. */
export async function printsOn(how: "log" | "stream", after: number): Promise<void> {
  const writer = Deno.stdout.writable.getWriter();
  const print = how === "log" ? () => console.log("y") : () => writer.write(new TextEncoder().encode("y\n"));
  await print();
  await new Promise((resolve) => setTimeout(resolve, after));
  for (;;) await print();
}

export function complains(what: string): void {
  console.error(what);
}

export const notAFunction = 1;
