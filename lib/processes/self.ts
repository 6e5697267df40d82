/** The same program as its own child: Perl's open of "-", without fork. */
import { AROUND, type Around } from "../core/around.ts";
import { HOLD } from "../core/holding.ts";
import { checkLimit, type WaitOptions } from "../core/limit.ts";
import { FreshDeno, type Order } from "./fresh_deno.ts";
import { identityOf, type IdentityOptions } from "./identity.ts";
import { Dialog } from "./open3.ts";
import { PipeReader, PipeWriter } from "./open_pipe.ts";
import { OpenedChild } from "./opened_child.ts";
import type { SpawnOptions } from "./options.ts";
import { refusePipes } from "./redirects.ts";
import { encodeOrders, moduleBeingLoaded } from "./self_child.ts";
import type { SelfPermissions } from "./self_permissions.ts";

/**
 * Which standard streams of the child are pipes to this program: `"-|"` its output, which is read here; `"|-"` its input,
 * which is written here; `"both"`; or `"none"`, where it has those of this program or what the options say.
 */
export type SelfMode = "-|" | "|-" | "both" | "none";

/** What an open of the program itself gives, by its mode. */
export interface OpenedSelf {
  /** To read from. */
  "-|": PipeReader;
  /** To write to. */
  "|-": PipeWriter;
  /** To write to and read from. */
  both: Dialog;
  /** Without a pipe. */
  none: OpenedChild;
}

/** How the Deno is started: as `spawn` does, but for what only an export of a module has. */
export interface SelfStartOptions
  extends Omit<SpawnOptions, keyof WaitOptions | keyof IdentityOptions | "argv0" | "chroot" | "stdin" | "stdout"> {
  /** What it reads, where that is no pipe. @default {"inherit"} */
  stdin?: Exclude<SpawnOptions["stdin"], "piped">;
  /** Where it writes, where that is no pipe. @default {"inherit"} */
  stdout?: Exclude<SpawnOptions["stdout"], "piped">;
  /** Where it writes its errors: `"piped"` with the mode `"both"` alone. @default {"inherit"} */
  stderr?: SpawnOptions["stderr"];
  /** What its Deno grants it, all of which must be granted here. @default {nothing but libc} */
  permissions?: SelfPermissions;
}

/** Whose the export runs as, how long, and what its end means. */
export interface SelfRunOptions extends WaitOptions, IdentityOptions {
  /** Whether `close` throws an `ExitError` for an exit code that is not 0. An uncaught error always does. @default {true} */
  check?: boolean;
}

/** How `openSelf` starts the program's own child. */
export interface OpenSelfOptions extends SelfStartOptions, SelfRunOptions {}

/**
 * Run a function of this program in a process of its own, joined by pipes: Perl's `open(KID, "|-")` and `open(KID, "-|")`.
 * There is no fork: a fresh Deno imports `module`, so what stands there outside of functions runs again in the child (put
 * what only the program does under `if (import.meta.main)`), and calls the export `name` with copies of `args`.
 *
 * The child has no permission but libc and those in `permissions`, each of which must be granted here; what is denied
 * here is denied there. It loads all its code first and only then gives up groups, group and user, for good, before the
 * function is called: the user need be able to read neither Deno nor the module. Code that a dynamic import loads later,
 * and files that it opens, are read as that user.
 *
 * The process ends when the function has returned, or what it returned has settled: a number is the exit code, anything
 * else exit code `Deno.exitCode`, and an uncaught error exit code 1: the child writes it to its standard error output, as
 * every program does. `close()` gives the status, or throws the error with the child's stack; whoever tells of it there can
 * have the child write nowhere (`stderr: "null"`). At the end of `await using` a child that still runs is terminated.
 *
 * Deno ignores SIGPIPE; in a child whose output is a pipe to here (`"-|"` and `"both"`) it ends the process, as it ends a
 * Perl, so that a function that prints for ever ends when nobody reads it any more. That is so for every pipe it writes.
 *
 * Needs `run` permission for Deno itself (`Deno.execPath()`). It works where the module is local, and where it was
 * loaded from a host that this Deno may load code from; not in a program of `deno compile`.
 *
 * @param mode Which pipes there are.
 * @param module The URL of the module, usually `import.meta.url`.
 * @param name The name of the function that it exports.
 * @param args What the function gets: what structured clone carries. Nobody else can see it.
 * @param options Permissions, user, descriptors, time limit; streams that are no pipes are this program's.
 * @returns The running child, as `openPipe` and `open2` give it; close it.
 * @throws {SyscallError} if Deno cannot be started; see `spawn`. From `close`: `EPERM` if the user may not be changed.
 * @throws {ExitError} from `close`, if the function threw (the error, with its stack, is the `cause`), if the module could
 * not be loaded, or if the exit code is not 0.
 * @throws {TypeError} if there is no such mode, URL or user, or one of the
 * streams is `"piped"` where the mode has nobody to use that pipe.
 * @throws {RangeError} if `timeout` is negative or not a number.
 * @throws {DOMException} named "DataCloneError" if an argument cannot be copied.
 * @throws {Deno.errors.NotCapable} if a permission is missing or is to be given away without being granted here.
 * @throws the reason of `signal`, if that is aborted already; `close` and `status` reject with it, or with a `DOMException`
 * named "TimeoutError", when the child was ended for it.
 * @example
 * ```ts
 * import { openSelf } from "@vasty/vasty";
 *
 * export function child(first: number, last: number) {
 *   for (let i = first; i <= last; i++) console.log(i * i);
 * }
 *
 * if (import.meta.main) {
 *   await using squares = openSelf("-|", import.meta.url, "child", [1, 3]);
 *   for await (const line of squares.lines()) console.log(`the child said ${line}`);
 *   await squares.close();
 * }
 * ```
 * @see perlipc(1), fork(2)
 */
export function openSelf<M extends SelfMode>(
  mode: M,
  module: string | URL,
  name: string,
  args: readonly unknown[] = [],
  options: OpenSelfOptions = {},
): OpenedSelf[M] {
  const order = orderOf(name, args, options);
  const deno = startDeno(mode, module, options);
  return opened(mode, deno, order);
}

/**
 * Keep a fresh Deno that has loaded `module` and waits, so that running one of its functions costs a millisecond or two
 * instead of the start of a Deno. Each {@linkcode WarmSelf.open} takes the one that waits and starts the next.
 *
 * The spare one holds nothing but its own memory. It does not keep this program alive, and ends with it, however that ends.
 *
 * @param mode Which pipes there are; see {@linkcode openSelf}.
 * @param module The URL of the module.
 * @param options How it is started; what is different from child to child goes to `open`.
 * @returns Its owner, to be disposed of.
 * @throws {SyscallError} if Deno cannot be started; see `spawn`.
 * @throws {TypeError} if there is no such mode or URL, or one of the streams is `"piped"` where the mode has nobody to
 * use that pipe.
 * @throws {Deno.errors.NotCapable} if a permission is missing or is to be given away without being granted here.
 * @example
 * ```ts
 * import { warmSelf } from "@vasty/vasty";
 *
 * export function answer(question: string) {
 *   console.log(question.toUpperCase());
 * }
 *
 * if (import.meta.main) {
 *   await using warm = warmSelf("-|", import.meta.url);
 *   await warm.ready();
 *   await using child = warm.open("answer", ["why?"]);
 *   for await (const line of child.lines()) console.assert(line === "WHY?");
 *   await child.close();
 * }
 * ```
 */
export function warmSelf<M extends SelfMode>(
  mode: M,
  module: string | URL,
  options: SelfStartOptions = {},
): WarmSelf<M> {
  return new WarmSelf(mode, module, options);
}

/** A Deno that waits for its orders, and its successors: what {@linkcode warmSelf} gives. */
export class WarmSelf<M extends SelfMode> implements AsyncDisposable {
  readonly #start: () => FreshDeno;
  readonly #mode: M;
  #spare: FreshDeno | undefined;
  /** The start of the next one. */
  #next: Promise<void> = Promise.resolve();
  #closed = false;

  /** @ignore */
  constructor(mode: M, module: string | URL, options: SelfStartOptions) {
    this.#mode = mode;
    this.#start = () => startDeno(mode, module, options);
    this.#spare = this.#startSpare();
  }

  #startSpare(): FreshDeno {
    const spare = this.#start();
    spare.hold(false);
    return spare;
  }

  /** Once `deno` is at work: a start takes a processor, which it needs itself until then. */
  async #follow(deno: FreshDeno): Promise<void> {
    await deno.begun;
    // One that cannot be started is asked for again, and then told of, by the next open.
    try {
      if (!this.#closed) this.#spare ??= this.#startSpare();
    } catch { /* see above */ }
  }

  /**
   * Wait until the Deno has loaded the module, which keeps this program alive meanwhile. It need not be waited for: orders
   * wait as well.
   */
  async ready(): Promise<void> {
    await this.#next;
    const spare = this.#spare;
    if (spare === undefined) return;
    spare.hold(true);
    await spare.loaded;
    if (this.#spare === spare) spare.hold(false);
  }

  /**
   * Run a function in the Deno that waits, and start the next one.
   *
   * @param name The name of the function that the module exports.
   * @param args What it gets; see {@linkcode openSelf}.
   * @param options User and time limit.
   * @returns The running child; close it.
   * @throws {TypeError} if there is no such user, or this was disposed of.
   * @throws {RangeError} if `timeout` is negative or not a number.
   * @throws {DOMException} named "DataCloneError" if an argument cannot be copied.
   * @throws {SyscallError} if there was none left, and no Deno can be started.
   */
  open(name: string, args: readonly unknown[] = [], options: SelfRunOptions = {}): OpenedSelf[M] {
    if (this.#closed) throw new TypeError("This was disposed of: there is no Deno that waits");
    const order = orderOf(name, args, options);
    const deno = this.#spare === undefined || this.#spare.ended ? this.#start() : this.#spare;
    this.#spare = undefined;
    deno.hold(true);
    this.#next = this.#follow(deno);
    return opened(this.#mode, deno, order);
  }

  /** End the one that waits. Children that run are not concerned. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    const spare = this.#spare;
    this.#spare = undefined;
    if (spare === undefined) return;
    spare.dismiss();
    await spare.child[Symbol.asyncDispose]();
  }
}

/** Everything that may be refused, before anything is started. */
function orderOf(name: string, args: readonly unknown[], options: SelfRunOptions): Order {
  const { user, signal, timeout, check = true } = options;
  if (typeof name !== "string") throw new TypeError(`The name of an export is a string, not ${Deno.inspect(name)}`);
  checkLimit(options);
  const encoded = encodeOrders({ name, user, identity: identityOf(options) }, args);
  // It is told when it is sent; should nothing be started, that is what is told.
  encoded.catch(() => {});
  return { name, encoded, limit: { signal, timeout }, check };
}

/** Without this a module that opens itself while it is loaded would go on doing so. */
function refuseRecursion(): void {
  const module = moduleBeingLoaded();
  if (module === undefined) return;
  throw new TypeError(
    `${module} opens itself while it is loaded in a child: put that under "if (import.meta.main)"`,
  );
}

function startDeno(mode: SelfMode, module: string | URL, options: SelfStartOptions): FreshDeno {
  refuseRecursion();
  if (!["-|", "|-", "both", "none"].includes(mode)) {
    throw new TypeError(`The mode is "-|", "|-", "both" or "none", not ${JSON.stringify(mode)}`);
  }
  const { permissions = {}, [AROUND]: around, ...started }: SelfStartOptions & SpawnOptions & { [AROUND]?: Around } =
    options;
  // It is as this program until it has loaded its code; the time limit is that of its orders.
  for (const name of ["user", "group", "groups", "signal", "timeout"] as const) delete started[name];
  const [written, read] = [mode === "|-" || mode === "both", mode === "-|" || mode === "both"];
  refusePipes(started, !written && "stdin", !read && "stdout", mode !== "both" && "stderr");
  if (written) started.stdin = "piped";
  if (read) started.stdout = "piped";
  return new FreshDeno(new URL(module), permissions, started, around);
}

/** Give the orders, and have `close` tell what became of them. */
function opened<M extends SelfMode>(mode: M, deno: FreshDeno, order: Order): OpenedSelf[M] {
  const { child } = deno;
  const options = { check: order.check };
  const parts: { [K in SelfMode]: () => OpenedSelf[K] } = {
    "-|": () => new PipeReader(child, false, options),
    "|-": () => new PipeWriter(child, true, options),
    both: () => new Dialog(child, true, options),
    none: () => new OpenedChild(child, false, options),
  };
  deno.order(order);
  const made = parts[mode]();
  const close = made.close.bind(made);
  let closing: ReturnType<typeof close> | undefined;
  const hold = (on: boolean) => deno.hold(on);
  return Object.assign(made, { [HOLD]: hold, close: () => closing ??= deno.outcome(close(), order) });
}
