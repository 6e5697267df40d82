/** <fcntl.h>, with _GNU_SOURCE, and what <unistd.h> shares with it. */
import { column, type Row } from "./column.ts";

/** Both columns, for the probe in tests/ffi/abi_test.ts. */
export const fcntl_h = {
  O_RDONLY: [0o0, 0o0],
  O_WRONLY: [0o1, 0o1],
  O_RDWR: [0o2, 0o2],
  O_ACCMODE: [0o3, 0o3],
  O_CREAT: [0o100, 0o100],
  O_EXCL: [0o200, 0o200],
  O_NOCTTY: [0o400, 0o400],
  O_TRUNC: [0o1000, 0o1000],
  O_APPEND: [0o2000, 0o2000],
  O_NONBLOCK: [0o4000, 0o4000],
  O_DIRECTORY: [0o200000, 0o40000],
  O_NOFOLLOW: [0o400000, 0o100000],
  O_CLOEXEC: [0o2000000, 0o2000000],
  O_SYNC: [0o4010000, 0o4010000],
  O_PATH: [0o10000000, 0o10000000],
  F_GETFD: [1, 1],
  F_SETFD: [2, 2],
  F_GETFL: [3, 3],
  F_SETFL: [4, 4],
  F_RDLCK: [0, 0],
  F_WRLCK: [1, 1],
  F_UNLCK: [2, 2],
  F_OFD_GETLK: [36, 36],
  F_OFD_SETLK: [37, 37],
  F_OFD_SETLKW: [38, 38],
  F_DUPFD_CLOEXEC: [1030, 1030],
  F_SETPIPE_SZ: [1031, 1031],
  F_GETPIPE_SZ: [1032, 1032],
  FD_CLOEXEC: [1, 1],
  AT_FDCWD: [-100, -100],
  AT_EMPTY_PATH: [0x1000, 0x1000],
  AT_SYMLINK_NOFOLLOW: [0x100, 0x100],
  X_OK: [1, 1],
  R_OK: [4, 4],
} as const satisfies Record<string, Row>;

/** Both columns, for the probe. */
export const struct_flock = {
  sizeof: [32, 32],
  l_type: [0, 0],
  l_whence: [2, 2],
  l_start: [8, 8],
  l_len: [16, 16],
  l_pid: [24, 24],
} as const satisfies Record<string, Row>;

/** This machine's constants of <fcntl.h>. */
export const FCNTL = column(fcntl_h);
/** Where the fields of `struct flock` lie. */
export const STRUCT_FLOCK = column(struct_flock);
