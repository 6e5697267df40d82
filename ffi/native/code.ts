/**
 * Places the adaptors' machine code in memory: code and data 64 KiB apart and 64 KiB aligned (kernels with 16 and
 * 64 KiB pages exist), written once, then sealed readable and executable once. V8 needs the same right of the system.
 */
import { libc } from "../libc.ts";
import { ADAPTORS } from "./bytes.ts";

/** The addresses of the adaptors. */
export interface Native {
  readonly invoke: number;
  readonly worker: number;
  readonly leave: number;
  readonly depart: number;
  readonly kick: number;
  readonly catcher: number;
  readonly forsake: number;
  readonly execute: number;
  readonly load32: number;
  readonly load64: number;
  readonly exchange32: number;
  readonly exchange64: number;
  readonly add32: number;
  readonly add64: number;
  readonly compare_exchange32: number;
  readonly compare_exchange64: number;
  /** Zeroed memory, readable and writable, that the adaptors know the place of. */
  readonly data: number;
}

const UNIT = 65_536;
/** Bytes before the handler `kick` that tell whose it is. */
const MARK = 16;
let placed: Native | undefined;

/** The adaptors, placed on first use and kept until the process ends. */
export function native(): Native {
  return placed ??= place();
}

function place(): Native {
  const { code } = ADAPTORS[Deno.build.arch as keyof typeof ADAPTORS];
  const { map, put, seal } = libc();
  const mapped = map(3 * UNIT);
  if (mapped === 0) throw new Deno.errors.NotSupported("Cannot map memory for native code (mmap)");
  const base = Math.ceil(mapped / UNIT) * UNIT;
  const bytes = Uint8Array.fromHex(code);
  put(base, bytes, bytes.length);
  if (seal(base, UNIT) !== 0) {
    throw new Deno.errors.NotSupported("Cannot make memory executable (mprotect): the system forbids native code");
  }
  return nativeAt(base);
}

function nativeAt(base: number): Native {
  const { offsets } = ADAPTORS[Deno.build.arch as keyof typeof ADAPTORS];
  return {
    invoke: base + offsets.invoke,
    worker: base + offsets.worker,
    leave: base + offsets.leave,
    depart: base + offsets.depart,
    kick: base + offsets.kick,
    catcher: base + offsets.catcher,
    forsake: base + offsets.forsake,
    execute: base + offsets.execute,
    load32: base + offsets.load32,
    load64: base + offsets.load64,
    exchange32: base + offsets.exchange32,
    exchange64: base + offsets.exchange64,
    add32: base + offsets.add32,
    add64: base + offsets.add64,
    compare_exchange32: base + offsets.compare_exchange32,
    compare_exchange64: base + offsets.compare_exchange64,
    data: base + UNIT,
  };
}

/** Whether exactly these adaptors lie so that the handler at `kick` is one of them: another copy's of the library. */
export function adaptorsOf(kick: number): Native | undefined {
  const { code, offsets } = ADAPTORS[Deno.build.arch as keyof typeof ADAPTORS];
  const base = kick - offsets.kick;
  if (base % UNIT !== 0 || !same(kick - MARK, MARK, code, offsets.kick - MARK)) return undefined;
  return same(base, code.length / 2, code, 0) ? nativeAt(base) : undefined;
}

/** Whether `length` bytes at `address` are those of `code` from `at` on. */
function same(address: number, length: number, code: string, at: number): boolean {
  const bytes = new Uint8Array(length);
  libc().get(bytes, address, length);
  return bytes.toHex() === code.slice(2 * at, 2 * (at + length));
}
