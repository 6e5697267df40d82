/**
 * Opens libc, once, on the first call. Everything that needs `Deno.dlopen` is in this file, and it is all that
 * a permission scoped to one library allows: no `Deno.Unsafe*`, addresses as numbers, memory moved with memcpy(3).
 *
 * @module
 */
import { MMAN } from "./abi/sys_mman.ts";
import { encodeForCall } from "./text.ts";

/** Memory that JavaScript owns: a typed array or a `DataView`. */
export type Memory = ArrayBufferView<ArrayBuffer>;

/** The few functions that are called directly; the rest go through the door in bind.ts. */
export interface Libc {
  /** The path that was opened. */
  readonly path: string;
  /** Copy `length` bytes of `source` to `address`. */
  put(address: number, source: Memory, length: number): void;
  /** Copy `length` bytes from `address` into `target`. */
  get(target: Memory, address: number, length: number): void;
  /** Where `memory` lies now. It must stay reachable for as long as the address is used. */
  address(memory: Memory): number;
  /** The address of a function or variable, 0 if this libc does not have it. */
  symbol(name: string): number;
  /** Anonymous private memory, readable and writable; 0 on failure. */
  map(length: number): number;
  /** Make pages readable and executable; 0, or -1. */
  seal(address: number, length: number): number;
  /** Compile the calls above and `twalk_r`, for a millisecond once: bind.ts does it where it pays. */
  compile(): void;
  /** `twalk_r(leaf, action, closure)` calls `action(leaf, _, closure)` once; raw, for its speed. */
  readonly twalk_r: (leaf: bigint, action: bigint, closure: Memory) => void;
  /** syscall(2), compiled, for a millisecond once: see system_call.ts. */
  direct(): Direct;
  /** epoll_wait(2) on a thread of Deno's pool: the one such call there is, see reactor.ts. */
  parkedEpollWait(epoll: number, events: number, count: number): Promise<number>;
}

/** syscall(2): -1 is its failure, whose errno is not known here. */
export interface Direct {
  /** With a number and up to five arguments. */
  readonly system: (number: bigint, a: bigint, b: bigint, c: bigint, d: bigint, e: bigint) => number;
  /** With a number and four arguments, of which the second is memory. */
  readonly systemWith: (number: bigint, a: bigint, memory: Memory, c: bigint, d: bigint) => number;
}

const DIRECT = {
  system: { name: "syscall", parameters: ["i64", "i64", "i64", "i64", "i64", "i64"], result: "i32" },
  systemWith: { name: "syscall", parameters: ["i64", "i64", "buffer", "i64", "i64"], result: "i32" },
} as const;

/** What many calls are made through. The same memcpy(3) also tells addresses. */
const COMPILED = {
  put: { name: "memcpy", parameters: ["usize", "buffer", "usize"], result: "void" },
  get: { name: "memcpy", parameters: ["buffer", "usize", "usize"], result: "usize" },
  twalk_r: { parameters: ["usize", "usize", "buffer"], result: "void" },
} as const;

/**
 * Deno compiles a way into each function when it opens a library: half a millisecond, and a tenth for every function,
 * against 80 ns that each call saves. A function that takes a structure it leaves alone, so one that C does not look
 * for goes last, until {@linkcode Libc.compile}.
 */
const PLAIN = { struct: ["u8"] } as const;
const SYMBOLS = {
  put: { name: "memcpy", parameters: ["usize", "buffer", "usize", PLAIN], result: "void" },
  get: { name: "memcpy", parameters: ["buffer", "usize", "usize", PLAIN], result: "usize" },
  twalk_r: { parameters: ["usize", "usize", "buffer", PLAIN], result: "void" },
  syscall: { parameters: ["isize", "isize", "isize", "isize", "isize", "isize", "isize", PLAIN], result: "isize" },
  dlsym: { parameters: ["usize", "buffer", PLAIN], result: "usize", optional: true },
  __libc_dlsym: { parameters: ["usize", "buffer", PLAIN], result: "usize", optional: true },
  __libc_dlopen_mode: { parameters: ["buffer", "i32", PLAIN], result: "usize", optional: true },
  epoll_wait: { parameters: ["i32", "usize", "i32", "i32"], result: "i32", nonblocking: true },
} as const;

/** Where distributions keep glibc, the most likely place first. */
const PLACES: Record<string, readonly string[]> = {
  x86_64: [
    "/lib/x86_64-linux-gnu/libc.so.6",
    "/usr/lib/x86_64-linux-gnu/libc.so.6",
    "/lib64/libc.so.6",
    "/usr/lib64/libc.so.6",
  ],
  aarch64: [
    "/lib/aarch64-linux-gnu/libc.so.6",
    "/usr/lib/aarch64-linux-gnu/libc.so.6",
    "/lib64/libc.so.6",
    "/usr/lib64/libc.so.6",
  ],
};
/** Places that carry no architecture in their name; Arch, Alpine with gcompat, and bare `--allow-ffi`. */
const ANYWHERE = ["/usr/lib/libc.so.6", "/lib/libc.so.6", "libc.so.6"];

let opened: Libc | undefined;

/**
 * The open library.
 *
 * @throws {Deno.errors.NotSupported} if this is not Linux on x86_64 or aarch64, or if there is no glibc.
 * @throws {Deno.errors.NotCapable} without permission; the message names the flag to add.
 */
export function libc(): Libc {
  return opened ??= open();
}

/** The paths to try. */
function candidates(): readonly string[] {
  const places = PLACES[Deno.build.arch];
  if (Deno.build.os !== "linux" || places === undefined) {
    throw new Deno.errors.NotSupported(
      `vasty runs on Linux on x86_64 and aarch64, not on ${Deno.build.os} on ${Deno.build.arch}`,
    );
  }
  return [...places, ...ANYWHERE];
}

/** Opens the first that is there, of those already granted if there are any, so that nothing is asked of the user needlessly. */
function open(): Libc {
  const paths = candidates();
  const granted = (path: string) => Deno.permissions.querySync({ name: "ffi", path }).state === "granted";
  for (const path of paths) {
    const found = granted(path) ? tryOpen(path) : undefined;
    if (found) return found;
  }
  for (const path of paths) {
    const found = tryOpen(path);
    if (found) return found;
  }
  throw new Deno.errors.NotSupported(`vasty needs glibc 2.31 or newer, and found none at ${paths.join(", ")}`);
}

/** The library at `path`, if there is one. */
function tryOpen(path: string): Libc | undefined {
  try {
    return wrap(path, Deno.dlopen(path, SYMBOLS).symbols);
  } catch (error) {
    if (error instanceof Deno.errors.NotSupported) throw error;
    if (!(error instanceof Deno.errors.NotCapable)) return undefined;
    throw new Deno.errors.NotCapable(`Requires ffi access to libc, run again with the --allow-ffi=${libcPath()} flag`);
  }
}

/** Where libc is on this machine, as far as reading is allowed; else the usual place. Opens nothing. */
export function libcPath(): string {
  const exists = (path: string) => {
    try {
      return Deno.permissions.querySync({ name: "read", path }).state === "granted" && Deno.statSync(path).isFile;
    } catch {
      return false;
    }
  };
  const places = candidates();
  return places.find(exists) ?? places[0]!;
}

function wrap(path: string, symbols: Deno.DynamicLibrary<typeof SYMBOLS>["symbols"]): Libc {
  const { syscall, epoll_wait } = symbols;
  const system = (...args: [number, number, number, number, number, number, number]) =>
    Number(syscall(...args.map(BigInt) as [bigint, bigint, bigint, bigint, bigint, bigint, bigint], NOTHING));
  const { SYS_mmap, SYS_mprotect, PROT_READ, PROT_WRITE, PROT_EXEC, MAP_PRIVATE, MAP_ANONYMOUS } = MMAN;
  let isCompiled = false;
  const library = {
    path,
    ...plain(symbols),
    compile: () => {
      if (!isCompiled) Object.assign(library, compiled(path));
      isCompiled = true;
    },
    direct: () => Deno.dlopen(path, DIRECT).symbols,
    symbol: symbolFinder(path, symbols),
    map: (length: number) =>
      Math.max(0, system(SYS_mmap, 0, length, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)),
    seal: (at: number, length: number) => system(SYS_mprotect, at, length, PROT_READ | PROT_EXEC, 0, 0, 0),
    parkedEpollWait: (epoll: number, events: number, count: number) => epoll_wait(epoll, BigInt(events), count, -1),
  };
  return library;
}

type Calls = Pick<Libc, "put" | "get" | "address" | "twalk_r">;

/** What the structure that nobody looks for is made of. */
const NOTHING = new Uint8Array(1);

/** The calls that are made most, not compiled. */
function plain({ put, get, twalk_r }: Deno.DynamicLibrary<typeof SYMBOLS>["symbols"]): Calls {
  return {
    put: (to, source, length) => put(BigInt(to), source, BigInt(length), NOTHING),
    get: (target, from, length) => void get(target, BigInt(from), BigInt(length), NOTHING),
    address: (memory) => Number(get(memory, 0n, 0n, NOTHING)),
    twalk_r: (leaf, action, closure) => twalk_r(leaf, action, closure, NOTHING),
  };
}

/** The same calls, compiled. */
function compiled(path: string): Calls {
  const { put, get, twalk_r } = Deno.dlopen(path, COMPILED).symbols;
  return {
    put: (to, source, length) => put(BigInt(to), source, BigInt(length)),
    get: (target, from, length) => void get(target, BigInt(from), BigInt(length)),
    address: (memory) => Number(get(memory, 0n, 0n)),
    twalk_r,
  };
}

/**
 * dlsym(3) is in libc from glibc 2.34 on. Before, a symbol is opened as data, and threads are a library of their own that
 * Deno itself has loaded: libc's private twin of dlsym finds them there, but would mistake the functions that libc
 * chooses by processor (strlen) for their choosers.
 */
function symbolFinder(path: string, symbols: Deno.DynamicLibrary<typeof SYMBOLS>["symbols"]): Libc["symbol"] {
  const { dlsym, __libc_dlsym, __libc_dlopen_mode } = symbols;
  const text = (name: string) => encodeForCall(name, 1);
  if (dlsym !== null) return (name) => Number(dlsym(0n, text(name), NOTHING));
  if (__libc_dlsym === null || __libc_dlopen_mode === null) {
    throw new Deno.errors.NotSupported("vasty needs glibc 2.31 or newer: this libc has no dlsym");
  }
  const RTLD_NOW_IN_LIBC = 0x80000002 | 0;
  const threads = __libc_dlopen_mode(text("libpthread.so.0"), RTLD_NOW_IN_LIBC, NOTHING);
  return (name) => symbolAsData(path, name) || Number(__libc_dlsym(threads, text(name), NOTHING));
}

/** The address of `name` in the library at `path` without dlsym(3), 0 if it is not there. */
export function symbolAsData(path: string, name: string): number {
  const { symbols } = Deno.dlopen(path, {
    [name]: { type: "pointer", optional: true },
    value: { name: "memcpy", parameters: ["pointer", "buffer", "usize"], result: "usize" },
  });
  const pointer = symbols[name] as Deno.PointerValue | null;
  const value = symbols.value as (at: Deno.PointerValue, none: Memory, length: bigint) => bigint;
  return pointer === null ? 0 : Number(value(pointer, new Uint8Array(1), 0n));
}
