/** <sys/stat.h> */
import { FCNTL } from "./abi/fcntl.ts";
import { STAT, STATX } from "./abi/sys_stat.ts";
import { bind } from "./bind.ts";
import { cString } from "./memory.ts";

// int mkfifo(const char *path, mode_t mode);
export const mkfifo = bind("mkfifo", ["buffer", "int"], "int");

// int chmod(const char *path, mode_t mode);
export const chmod = bind("chmod", ["buffer", "int"], "int");

// int fchmod(int fd, mode_t mode);
export const fchmod = bind("fchmod", ["int", "int"], "int");

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
  const found = ask(directory, path, flags, STAT.STATX_TYPE | STAT.STATX_INO);
  return typeof found === "number" ? found : identityIn(found);
}

function ask(directory: number, path: string, flags: number, mask: number): DataView | number {
  const found = new DataView(new ArrayBuffer(STATX.sizeof));
  const rc = statx(directory, cString(path, "A path"), flags, mask, found);
  return rc < 0 ? rc : found;
}

function identityIn(found: DataView): FileIdentity {
  const device = [STATX.stx_dev_major, STATX.stx_dev_minor].map((offset) => found.getUint32(offset, true));
  const kind = KINDS.get(found.getUint16(STATX.stx_mode, true) & STAT.S_IFMT) ?? "file";
  return { kind, id: [...device, found.getBigUint64(STATX.stx_ino, true)].join(":") };
}

/** Which file it is, whose, for whom, and how long. */
export interface FileStatus extends FileIdentity {
  readonly uid: number;
  readonly gid: number;
  /** The lowest nine bits: who may read, write and execute it. */
  readonly mode: number;
  readonly size: number;
}

const STATUS = STAT.STATX_TYPE | STAT.STATX_INO | STAT.STATX_MODE | STAT.STATX_UID | STAT.STATX_GID | STAT.STATX_SIZE;

/** Of the file that descriptor `fd` is open on; or -errno. */
export function statusOf(fd: number): FileStatus | number {
  return status(fd, "", FCNTL.AT_EMPTY_PATH);
}

/** Of the file at `path`, of a symbolic link the link itself; or -errno. */
export function statusAt(path: string): FileStatus | number {
  return status(FCNTL.AT_FDCWD, path, FCNTL.AT_SYMLINK_NOFOLLOW);
}

function status(directory: number, path: string, flags: number): FileStatus | number {
  const found = ask(directory, path, flags, STATUS);
  return typeof found === "number" ? found : statusIn(found);
}

function statusIn(found: DataView): FileStatus {
  return {
    ...identityIn(found),
    uid: found.getUint32(STATX.stx_uid, true),
    gid: found.getUint32(STATX.stx_gid, true),
    mode: found.getUint16(STATX.stx_mode, true) & 0o777,
    size: Number(found.getBigUint64(STATX.stx_size, true)),
  };
}

/** Of the file that is called `name` in the folder behind `directory`, of a symbolic link the link itself; or -errno. */
export function statusWithin(directory: number, name: Uint8Array<ArrayBuffer>): FileStatus | number {
  const found = new DataView(new ArrayBuffer(STATX.sizeof));
  const rc = statx(directory, name, FCNTL.AT_SYMLINK_NOFOLLOW, STATUS, found);
  return rc < 0 ? rc : statusIn(found);
}
