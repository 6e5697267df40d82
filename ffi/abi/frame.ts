/** The call frame that the native adaptors read and write: byte offsets, see native/x86_64.S. */
export const FRAME = {
  FN: 0,
  ARGUMENTS: 8,
  RESULT: 72,
  ERRNO: 80,
  ERRNO_ADDRESS: 88,
  SLOT: 96,
  TID: 104,
  CANCELLED: 112,
  SIZE: 128,
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
