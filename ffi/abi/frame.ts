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
  KICK: 48,
  SIZE: 56,
} as const;

/** What the signal handlers share, {@linkcode Native.data} on: byte offsets, see native/x86_64.S. */
export const CATCHER = {
  PID: 0,
  /** Not zero: a thread holds signals back. */
  HELD_BACK: 4,
  /** Signals that got `catcher` while Deno did not listen to them: it may have put its handler on top since. */
  ALONE: 8,
  /** All signals that were ever wanted. */
  EVER: 16,
  /** 1 where JavaScript runs on threads of Deno's pool, as in `deno test`. */
  POOL: 24,
  /** Not zero: the main thread holds signals back. */
  MAIN_HOLDS_BACK: 28,
  /** One address for each signal, to which `catcher` goes on; there is no signal 0. */
  BEFORE: 24,
  /** One byte for each signal: what the process was started with, 1 and the place of its word. */
  INHERITED: 560,
  /** 1 and the process's key for what is done at a thread's end; 0 as long as there is none. */
  EXIT_KEY: 640,
  /** One byte for each signal: how often a copy has let it do what it does by default, as far as a byte counts. */
  LET: 704,
  /** {@linkcode SUBSCRIBER.SIZE} bytes for each of {@linkcode SUBSCRIBER.COUNT}. */
  SUBSCRIBERS: 1024,
  /** One address for each signal: the handler that was there before `catcher`, whether or not that goes on to it. */
  BENEATH: 3072,
} as const;

/** One who gets the signals. */
export const SUBSCRIBER = {
  WANTED: 0,
  RING: 8,
  WRITTEN: 16,
  READ: 24,
  WRITING_END: 32,
  LOST: 36,
  READING_END: 40,
  /** The thread that runs its JavaScript; one that holds signals back says so. */
  THREAD: 44,
  HELD_BACK: 48,
  MUTEX: 64,
  /** Of the signals that it wants, those that it only acts before, and those that it only holds back. */
  LAST: 112,
  HELD: 120,
  SIZE: 128,
  COUNT: 16,
} as const;

/** Its ring. */
export const RING = {
  RECORDS: 4096,
  RECORD: 64,
  NUMBER: 0,
  THREAD: 8,
  SIGINFO: 16,
  /** So much of a siginfo_t is kept. */
  SIGINFO_LENGTH: 48,
} as const;

/** One thing that `depart` does at a thread's end: byte offsets, see native/x86_64.S. */
export const EXIT = {
  NEXT: 0,
  DESTRUCTOR: 8,
  ARGUMENT: 16,
  SIZE: 24,
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
