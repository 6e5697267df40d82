/** Examples that get signals: at once when they are ready, or when they have run for a while. */
import { permissions } from "../../tools/launch.ts";
import { repository, within } from "../support/mod.ts";
import { readProc } from "../support/proc.ts";
import { childrenOf, type Running } from "./launched.ts";

/** SIGRTMIN+14 has a handler once the library catches anything. */
const LIBRARY = 48;
/** Deno replaces the handlers of some signals half a second after its start: by this age, in milliseconds, it has. */
export const GROWN = 2_000;

/** Starts a signal's test twice. */
export const AGES: readonly { age: number; title: string }[] = [
  { age: 0, title: "at once" },
  { age: GROWN, title: `after ${GROWN} ms` },
];

/** The command line of an example without the launcher between. */
export function directCommand(name: string, ...args: string[]): string[] {
  const file = repository(`examples/${name}.ts`);
  const [first] = Deno.readTextFileSync(file).split("\n");
  const config = `--config=${repository("deno.json")}`;
  return [
    Deno.execPath(),
    "run",
    "--no-prompt",
    "--quiet",
    "--no-check",
    config,
    ...permissions(first!, args),
    file,
    ...args,
  ];
}

/** Wait until /proc shows something, which nothing announces. */
export async function until<T>(what: string, look: () => T | undefined | false): Promise<T> {
  const deadline = performance.now() + within(20_000);
  for (;;) {
    const found = look();
    if (found !== undefined && found !== false) return found;
    if (performance.now() > deadline) throw new Error(`In vain: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** The process of the example that a launcher has started. */
export async function exampleOf({ child }: Running): Promise<number> {
  return await until("the launcher has a child", () => childrenOf(child.pid)[0]);
}

/** Whether process `pid` has a handler of this library's for the signal of this number, and sleeps. */
function catches(pid: number, signal: number): boolean {
  const caught = BigInt(`0x${/^SigCgt:\s*(\w+)$/m.exec(readProc(`/proc/${pid}/status`))?.[1] ?? 0}`);
  const has = (number: number) => (caught >> BigInt(number - 1) & 1n) === 1n;
  return has(LIBRARY) && has(signal) && /\) S /.test(readProc(`/proc/${pid}/task/${pid}/stat`));
}

/** Wait until process `pid` catches a signal, by its number, and waits for it. */
export async function waitsFor(pid: number, signal: number): Promise<void> {
  await until(`process ${pid} catches signal ${signal}`, () => catches(pid, signal));
}

/** Milliseconds since process `pid` began. */
function ageOf(pid: number): number {
  const fields = readProc(`/proc/${pid}/stat`).replace(/^.*\) /s, "").split(" ");
  return Number(readProc("/proc/uptime").split(" ")[0]) * 1_000 - Number(fields[19]) * 10;
}

/** Wait until process `pid` is so old: no synchronisation, but what the test is about. */
export async function hasAge(pid: number, age: number): Promise<void> {
  await until(`process ${pid} is ${age} ms old`, () => ageOf(pid) >= age);
}

/** Type something at the terminal of script(1). */
export async function typed({ child }: Running, text: string): Promise<void> {
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(text));
  writer.releaseLock();
}

/** A command on a terminal of its own. */
export function onTerminal(command: string[]): string[] {
  const quoted = command.map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(" ");
  // The shell of script(1) is whatever SHELL says: some stay between, and end by a typed ^C.
  return ["script", "-qec", `exec ${quoted}`, "/dev/null"];
}
