/** Users and groups by name or number, as the password and group files (or what libc asks besides) know them. */
import { GROUP } from "../../ffi/abi/grp.ts";
import { ERRNO } from "../../ffi/abi/errno.ts";
import { PASSWD } from "../../ffi/abi/pwd.ts";
import { getgrnam_r, getgrouplist } from "../../ffi/grp.ts";
import { Block, cString, readCString } from "../../ffi/memory.ts";
import { getpwnam_r, getpwuid_r } from "../../ffi/pwd.ts";
import { syscallError } from "../core/errors.ts";

/** Whom a process belongs to. */
export interface IdentityOptions {
  /**
   * Its user, by name or number: the real, effective and saved one. Its group and groups become those of that user too,
   * unless they are given: a process that gives up its user shall not keep root's groups.
   */
  user?: string | number;
  /** Its group, by name or number. */
  group?: string | number;
  /** Its further groups, by name or number. */
  groups?: readonly (string | number)[];
}

/** The same in numbers. */
export interface Identity {
  readonly uid?: number;
  readonly gid?: number;
  readonly groups?: readonly number[];
}

/** A user as libc knows it. */
interface Account {
  name: string;
  uid: number;
  gid: number;
}

/** Longer entries than this are no password file's. */
const LONGEST = 1 << 20;

/**
 * Look users and groups up.
 *
 * @throws {TypeError} if there is no such user or group, or one by number that nobody knows is to give group and groups.
 */
export function identityOf({ user, group, groups }: IdentityOptions): Identity {
  const account = user === undefined ? undefined : accountOf(user);
  const gid = group === undefined ? account?.gid : groupOf(group);
  const uid = account?.uid ?? (user === undefined ? undefined : number("user", user));
  const list = groups?.map(groupOf) ?? (account && groupsOf(account.name, gid!));
  if (uid !== undefined && (gid === undefined || list === undefined)) {
    throw new TypeError(`User ${uid} is in no password file: give group and groups as well`);
  }
  return { uid, gid, groups: list };
}

function number(what: string, value: string | number): number {
  if (typeof value === "number" && Number.isInteger(value) && value >= 0 && value < 2 ** 32 - 1) return value;
  throw new TypeError(`There is no ${what} ${JSON.stringify(value)}`);
}

function accountOf(user: string | number): Account | undefined {
  const name = typeof user === "string" ? cString(user, "A user") : undefined;
  const uid = name === undefined ? number("user", user) : 0;
  const call: LookUp = (...room) => name === undefined ? getpwuid_r(uid | 0, ...room) : getpwnam_r(name, ...room);
  const account = lookUp(PASSWD.sizeof, call, (found) => ({
    name: readCString(Number(found.getBigUint64(PASSWD.pw_name, true))),
    uid: found.getUint32(PASSWD.pw_uid, true),
    gid: found.getUint32(PASSWD.pw_gid, true),
  }));
  if (account === undefined && name !== undefined) throw new TypeError(`There is no user ${JSON.stringify(user)}`);
  return account;
}

function groupOf(group: string | number): number {
  if (typeof group === "number") return number("group", group);
  const name = cString(group, "A group");
  const call: LookUp = (...room) => getgrnam_r(name, ...room);
  const gid = lookUp(GROUP.sizeof, call, (found) => found.getUint32(GROUP.gr_gid, true));
  if (gid === undefined) throw new TypeError(`There is no group ${JSON.stringify(group)}`);
  return gid;
}

type LookUp = (entry: number, text: number, size: number, result: number) => number;

/** One of libc's look-ups, with more and more room for its strings, and what `take` makes of the entry while they are there. */
function lookUp<T>(sizeof: number, call: LookUp, take: (found: DataView) => T): T | undefined {
  for (let size = 1024; size <= LONGEST; size *= 4) {
    using block = new Block(sizeof + 8 + size);
    const rc = call(block.address, block.address + sizeof + 8, size, block.address + sizeof);
    if (rc === -ERRNO.ERANGE) continue;
    const missing = [ERRNO.ENOENT, ERRNO.ESRCH, ERRNO.EBADF, ERRNO.EPERM].some((errno) => rc === -errno);
    if (rc < 0 && !missing) throw syscallError("look up a user or group", -rc, "getpwnam_r");
    const [found] = block.get(new BigUint64Array(1), sizeof);
    return found === 0n ? undefined : take(new DataView(block.get(new Uint8Array(sizeof)).buffer));
  }
  throw syscallError("look up a user or group", ERRNO.ERANGE, "getpwnam_r");
}

/** All groups of a user, the given one among them. */
function groupsOf(user: string, gid: number): number[] {
  const name = cString(user);
  for (let room = 64;; room *= 4) {
    const groups = new Uint32Array(room);
    const count = Int32Array.of(room);
    if (getgrouplist(name, gid | 0, groups, count) >= 0) return [...groups.subarray(0, count[0])];
  }
}
