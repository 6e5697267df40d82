/** What a fresh Deno does that was started to run an export of a module. It has nothing but libc until it has its orders. */
import { ERRNO } from "../../ffi/abi/errno.ts";
import { FCNTL } from "../../ffi/abi/fcntl.ts";
import { fcntl } from "../../ffi/fcntl.ts";
import { close, read, write } from "../../ffi/unistd.ts";
import type { Wrapper } from "../core/around.ts";
import { SyscallError } from "../core/errors.ts";
import type { Identity } from "./identity.ts";
import { takeIdentity } from "./ids.ts";
import type { Channel } from "./self_command.ts";
import { defaultSigpipe } from "./sigpipe.ts";

/** Where this code is: the file itself, or the bundle that it is in. */
export function here(): string {
  return import.meta.url;
}

/** What the fresh Deno was told by its command line. */
interface Self extends Channel {
  readonly forget: true | readonly string[];
  readonly module: string;
  readonly load: () => Promise<Record<string, unknown>>;
  run?: (self: Self) => Promise<void>;
  /** Which of the wrappers that the library offers is called in place of the export. */
  readonly around?: string;
  readonly wrappers?: Record<string, Wrapper>;
  /** Once the module is there, it may start children of its own. */
  loaded?: boolean;
}

/** What it is to do. */
export interface Orders {
  /** The export. */
  readonly name: string;
  readonly identity: Identity;
  /** The user as the caller said it. */
  readonly user?: string | number;
  /** How the bytes that follow encode the arguments. */
  readonly encoding: "json" | "v8";
}

/** An error that went from one process to another. */
export interface ErrorReport {
  readonly name: string;
  readonly message: string;
  readonly stack?: string;
  readonly code?: string;
  readonly cause?: ErrorReport;
}

/** What it tells, a line of JSON each. */
export interface Report {
  /** Its module is there. */
  readonly loaded?: true;
  /** The export is called next. */
  readonly begun?: true;
  /** What went wrong. */
  readonly failure?: ErrorReport;
  /** The kernel refused the change of user. */
  readonly refused?: { readonly message: string; readonly errno: number; readonly syscall: string };
}

const SELF = Symbol.for("vasty.self");
const LINE_FEED = 10;
/** Where a stack leaves the user's code. */
const OWN_FRAMES = /\n +at (?:async )?(?:\w+\.)?runSelf\b[^]*$/;

// The command line cannot name an export of a bundle, which may be another program's: it calls what it finds here.
const waiting = current();
if (waiting && !waiting.run) waiting.run = runSelf;

function current(): Self | undefined {
  return (globalThis as { [SELF]?: Self })[SELF];
}

/** The module that this Deno was started for, as long as it is being loaded. */
export function moduleBeingLoaded(): string | undefined {
  const self = current();
  return self && !self.loaded ? self.module : undefined;
}

/** Load the module, wait for orders, drop what was for the start alone, and run the export. */
async function runSelf(self: Self): Promise<void> {
  for (const fd of [self.orders, self.report]) fcntl(fd, FCNTL.F_SETFD, FCNTL.FD_CLOEXEC);
  const module = await self.load().catch((error) => fail(self, error));
  self.loaded = true;
  forgetSources(self.forget);
  // All that can be done before the orders come is done: they may have to be fast.
  globalThis.addEventListener("error", (event) => tell(self, { failure: errorReport(event.error) }));
  globalThis.addEventListener("unhandledrejection", (event) => tell(self, { failure: errorReport(event.reason) }));
  tell(self, { loaded: true });
  const { name, identity, user, args } = await readOrders(self.orders);
  try {
    const whom = user === undefined ? "" : ` as user ${JSON.stringify(user)}`;
    takeIdentity(identity, `run ${JSON.stringify(name)}${whom}: `);
  } catch (error) {
    if (error instanceof SyscallError) tell(self, { refused: { ...error, message: error.message } });
    Deno.exit(1);
  }
  tell(self, { begun: true });
  // Deno would go on for ever: its console.log() does not tell that nobody reads.
  if (self.read) defaultSigpipe();
  try {
    Deno.exitCode = exitCode(await call(self, exported(self.module, module, name), args), name);
  } catch (error) {
    fail(self, error);
  }
  Deno.exit();
}

/** As Deno ends of what nobody catches, and a Perl of `die`: it is written whether or not somebody asks by `close`. */
function fail(self: Self, error: unknown): never {
  const report = errorReport(error);
  tell(self, { failure: report });
  // Without our own frames; one that is frozen keeps them.
  if (error instanceof Error) Reflect.set(error, "stack", report.stack);
  console.error(`error: Uncaught ${Deno.inspect(error)}`);
  Deno.exit(1);
}

/** The export is called as it would be here: its own name is all that it can be reached by. */
function exported(url: string, module: Record<string, unknown>, name: string): (...args: unknown[]) => unknown {
  const found = Object.hasOwn(module, name) ? module[name] : undefined;
  if (typeof found !== "function") throw new TypeError(`${url} exports no function ${JSON.stringify(name)}`);
  return found as (...args: unknown[]) => unknown;
}

function call({ around, wrappers }: Self, run: (...args: unknown[]) => unknown, args: unknown[]): unknown {
  return around === undefined ? run(...args) : wrappers![around]!(run, args);
}

/** What the export returned, as an exit code. */
function exitCode(result: unknown, name: string): number {
  if (typeof result !== "number") return Deno.exitCode;
  if (Number.isInteger(result) && result >= 0 && result <= 255) return result;
  throw new RangeError(`${name}() returned ${result}, which is no exit code: those are 0 to 255`);
}

/** Wait for the orders, which end with the pipe. Without any this Deno was a spare one that nobody needed. */
async function readOrders(fd: number): Promise<Orders & { args: unknown[] }> {
  const bytes = readToEnd(fd);
  const at = bytes.indexOf(LINE_FEED);
  if (at < 0) Deno.exit(0);
  const orders = JSON.parse(new TextDecoder().decode(bytes.subarray(0, at))) as Orders & { length: number };
  const encoded = bytes.subarray(at + 1);
  // The program ended while it was telling us what to do.
  if (encoded.length < orders.length) Deno.exit(1);
  return { ...orders, args: await decode(encoded, orders.encoding) };
}

/** The pipe to its end. This thread blocks: there is nothing else to do. */
function readToEnd(fd: number): Uint8Array {
  const chunks: Uint8Array[] = [];
  const chunk = new Uint8Array(65_536);
  for (let count; (count = read(fd, chunk, chunk.length)) !== 0;) {
    if (count > 0) chunks.push(chunk.slice(0, count));
    else if (count !== -ERRNO.EINTR) Deno.exit(1);
  }
  close(fd);
  return joined(chunks);
}

function joined(chunks: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(chunks.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}

async function decode(bytes: Uint8Array, encoding: Orders["encoding"]): Promise<unknown[]> {
  if (encoding === "json") return JSON.parse(new TextDecoder().decode(bytes));
  const { Deserializer } = await import("node:v8");
  const deserializer = new Deserializer(bytes);
  deserializer.readHeader();
  return deserializer.readValue();
}

/**
 * The bytes of orders, for the parent; the arguments as they are now.
 *
 * @throws {DOMException} named "DataCloneError" if structured clone does not carry one of the arguments.
 */
export function encodeOrders(
  orders: Omit<Orders, "encoding">,
  args: readonly unknown[],
): Promise<Uint8Array<ArrayBuffer>> {
  const joinedWith = (encoding: Orders["encoding"], bytes: Uint8Array) => {
    const head = JSON.stringify({ ...orders, encoding, length: bytes.length });
    return joined([new TextEncoder().encode(`${head}\n`), bytes]);
  };
  if (isPlain(args)) return Promise.resolve(joinedWith("json", new TextEncoder().encode(JSON.stringify(args))));
  return serialized(structuredClone(args)).then((bytes) => joinedWith("v8", bytes));
}

/** In the format of structured clone, which takes 5 ms to load: plain arguments do not need it. */
async function serialized(args: readonly unknown[]): Promise<Uint8Array> {
  const { Serializer } = await import("node:v8");
  const serializer = new Serializer();
  serializer.writeHeader();
  serializer.writeValue(args);
  return serializer.releaseBuffer();
}

/** Whether JSON carries `value` as it is: what is in it twice, one and the same, would be two. */
function isPlain(value: unknown, seen: Set<object> = new Set(), depth = 0): boolean {
  if (typeof value === "number") return Number.isFinite(value) && !Object.is(value, -0);
  if (value === null || typeof value === "boolean" || typeof value === "string") return true;
  if (typeof value !== "object" || depth > 20 || seen.has(value)) return false;
  seen.add(value);
  if (Array.isArray(value)) return Array.from(value).every((item) => isPlain(item, seen, depth + 1));
  return Object.getPrototypeOf(value) === Object.prototype &&
    Object.values(value).every((item) => isPlain(item, seen, depth + 1));
}

/** What was granted for the start alone. */
function forgetSources(forget: Self["forget"]): void {
  if (forget === true) Deno.permissions.revokeSync({ name: "import" });
  else for (const host of forget) Deno.permissions.revokeSync({ name: "import", host });
}

function tell(self: Self, report: Report): void {
  const bytes = new TextEncoder().encode(`${JSON.stringify(report)}\n`);
  for (let at = 0; at < bytes.length;) {
    const rest = bytes.subarray(at);
    const count = write(self.report, rest, rest.length);
    if (count > 0) at += count;
    else if (count !== -ERRNO.EINTR) return;
  }
}

/** An error as data, with what caused it. */
function errorReport(error: unknown, depth = 0): ErrorReport {
  if (!(error instanceof Error)) return { name: "Error", message: Deno.inspect(error) };
  const { name, message, stack, cause } = error;
  const code = "code" in error && typeof error.code === "string" ? error.code : undefined;
  return {
    name,
    message,
    stack: stack?.replace(OWN_FRAMES, ""),
    code,
    cause: cause && depth < 5 ? errorReport(cause, depth + 1) : undefined,
  };
}
