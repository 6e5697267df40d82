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
  readonly kick: number;
  readonly catcher: number;
  readonly execute: number;
  /** Zeroed memory, readable and writable, that the adaptors know the place of. */
  readonly data: number;
}

const UNIT = 65_536;
let placed: Native | undefined;

/** The adaptors, placed on first use and kept until the process ends. */
export function native(): Native {
  return placed ??= place();
}

function place(): Native {
  const { code, offsets } = ADAPTORS[Deno.build.arch as keyof typeof ADAPTORS];
  const { map, put, seal } = libc();
  const mapped = map(3 * UNIT);
  if (mapped === 0) throw new Deno.errors.NotSupported("Cannot map memory for native code (mmap)");
  const base = Math.ceil(mapped / UNIT) * UNIT;
  const bytes = Uint8Array.fromHex(code);
  put(base, bytes, bytes.length);
  if (seal(base, UNIT) !== 0) {
    throw new Deno.errors.NotSupported("Cannot make memory executable (mprotect): the system forbids native code");
  }
  return {
    invoke: base + offsets.invoke,
    worker: base + offsets.worker,
    leave: base + offsets.leave,
    kick: base + offsets.kick,
    catcher: base + offsets.catcher,
    execute: base + offsets.execute,
    data: base + UNIT,
  };
}
