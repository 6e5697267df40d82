/** The call frame that the native adaptors read and write: byte offsets, see native/x86_64.S. */
export const FRAME = {
  FN: 0,
  ARGUMENTS: 32,
  RESULT: 96,
  ERRNO: 104,
  ERRNO_ADDRESS: 112,
  SLOT: 120,
  TID: 128,
  CANCELLED: 136,
  SIZE: 144,
} as const;

/** The control block of the worker threads: byte offsets, see native/x86_64.S. */
export const CONTROL = {
  REQUEST: 0,
  RESPONSE: 4,
  MORE: 8,
  ALIVE: 16,
  JAVASCRIPT: 20,
  ERRNO_LOCATION: 24,
  SIZE: 32,
} as const;

/** What the signal handler reads, {@linkcode Native.data} on: byte offsets, see native/x86_64.S. */
export const CATCHER = {
  PIPE: 0,
  /** One address for each signal, from signal 0 on. */
  BEFORE: 8,
} as const;

/** What `execute` runs: byte offsets, see native/x86_64.S. */
export const PROGRAM = {
  FLAGS: 0,
  FAILED_STEP: 8,
  FAILED_RESULT: 16,
  IGNORED: 24,
  STEPS: 64,
} as const;

/** One system call of it, {@linkcode PROGRAM.STEPS} on. */
export const STEP = {
  NUMBER: 0,
  ARGUMENTS: 8,
  SIXTH: 48,
  MEANING: 56,
  SIZE: 64,
} as const;
