/** <sys/stat.h> */
import { FCNTL } from "./abi/fcntl.ts";
import { STAT, STATX } from "./abi/sys_stat.ts";
import { bind } from "./bind.ts";
import { cString } from "./memory.ts";

// int mkfifo(const char *path, mode_t mode);
export const mkfifo = bind("mkfifo", ["buffer", "int"], "int");

// int chmod(const char *path, mode_t mode);
export const chmod = bind("chmod", ["buffer", "int"], "int");

// int statx(int dirfd, const char *path, int flags, unsigned int mask, struct statx *buffer);
const statx = bind("statx", ["int", "buffer", "int", "int", "buffer"], "int");

/** What kinds of files there are. An object with such large numbers as its keys would take 0.1 ms of every import. */
const KINDS: ReadonlyMap<number, string> = new Map([
  [STAT.S_IFSOCK, "socket"],
  [STAT.S_IFLNK, "symbolic link"],
  [STAT.S_IFREG, "regular file"],
  [STAT.S_IFBLK, "block device"],
  [STAT.S_IFDIR, "directory"],
  [STAT.S_IFCHR, "character device"],
  [STAT.S_IFIFO, "FIFO"],
]);

/** Which file it is. */
export interface FileIdentity {
  /** "FIFO", "regular file", and so on. */
  readonly kind: string;
  /** The same for the same file, and for no other that exists at the same time: device and inode. */
  readonly id: string;
}

/** The file that descriptor `fd` is open on, even if only as a place (O_PATH); or -errno. */
export function identityOf(fd: number): FileIdentity | number {
  return identity(fd, "", FCNTL.AT_EMPTY_PATH);
}

/** The file at `path`, of a symbolic link the link itself; or -errno. */
export function identityAt(path: string): FileIdentity | number {
  return identity(FCNTL.AT_FDCWD, path, FCNTL.AT_SYMLINK_NOFOLLOW);
}

/** The file that `path` leads to, links followed; or -errno. */
export function identityBehind(path: string): FileIdentity | number {
  return identity(FCNTL.AT_FDCWD, path, 0);
}

function identity(directory: number, path: string, flags: number): FileIdentity | number {
  const found = new DataView(new ArrayBuffer(STATX.sizeof));
  const rc = statx(directory, cString(path, "A path"), flags, STAT.STATX_TYPE | STAT.STATX_INO, found);
  if (rc < 0) return rc;
  const device = [STATX.stx_dev_major, STATX.stx_dev_minor].map((offset) => found.getUint32(offset, true));
  const kind = KINDS.get(found.getUint16(STATX.stx_mode, true) & STAT.S_IFMT) ?? "file";
  return { kind, id: [...device, found.getBigUint64(STATX.stx_ino, true)].join(":") };
}
