/** What the three kinds of System V objects have in common: how they are made, whose they are, who may use them. */
import { IPC, IPC_PERM } from "../../ffi/abi/sys_ipc.ts";

/** How an object is made. */
export interface IpcCreateOptions {
  /**
   * Who may read and write it, as of a file; execution means nothing.
   * @default {0o600}
   */
  mode?: number;
  /**
   * Fail with `EEXIST` if there is one with this key.
   * @default {false}
   */
  exclusive?: boolean;
}

/** What can be changed of an object by its owner, its creator or root. */
export interface IpcOwnerChange {
  /** The owner's user id. */
  uid?: number;
  /** The owner's group id. */
  gid?: number;
  /** Who may read and write it. */
  mode?: number;
}

/** What the kernel knows of every object. */
export interface IpcStat {
  /** The number that it is used by, in all processes. */
  readonly id: number;
  /** The key that it is found by, from 0 on; 0 for a private one. */
  readonly key: number;
  /** The owner's user id. */
  readonly uid: number;
  /** The owner's group id. */
  readonly gid: number;
  /** The creator's user id. */
  readonly creatorUid: number;
  /** The creator's group id. */
  readonly creatorGid: number;
  /** Who may read and write it: the lowest nine bits of a file's mode. */
  readonly mode: number;
  /** How often the kernel has given this place of its table to an object. */
  readonly sequence: number;
  /** When it was made, or last changed by `set()`. */
  readonly changed: Date;
}

const MODES = 0o777;

/**
 * The flags of semget(2) and its kin.
 *
 * @throws {RangeError} if the mode has other bits than a file's permissions.
 */
export function createFlags({ mode = 0o600, exclusive = false }: IpcCreateOptions): number {
  checkMode(mode);
  return IPC.IPC_CREAT | (exclusive ? IPC.IPC_EXCL : 0) | mode;
}

/** @throws {RangeError} if the mode has other bits than a file's permissions. */
export function checkMode(mode: number): void {
  if (!Number.isInteger(mode) || mode < 0 || mode > MODES) {
    throw new RangeError(`mode must be an integer from 0 to 0o777: ${mode}`);
  }
}

/** An id that was told. @throws {RangeError} if it cannot be one. */
export function checkId(id: number): number {
  if (!Number.isInteger(id) || id < 0 || id >= 2 ** 31) throw new RangeError(`An id is an integer from 0 on: ${id}`);
  return id;
}

/** What of a structure that begins with a `struct ipc_perm` all kinds have; `ctime` is where its time of change lies. */
export function ipcStat(ds: DataView, id: number, ctime: number): IpcStat {
  const field = (name: Exclude<keyof typeof IPC_PERM, "sizeof">) => ds.getUint32(IPC_PERM[name], true);
  return {
    id,
    key: field("__key"),
    uid: field("uid"),
    gid: field("gid"),
    creatorUid: field("cuid"),
    creatorGid: field("cgid"),
    mode: field("mode") & MODES,
    sequence: ds.getUint16(IPC_PERM.__seq, true),
    changed: dateAt(ds, ctime)!,
  };
}

/** A time of a structure; undefined for 0, which means never. */
export function dateAt(ds: DataView, offset: number): Date | undefined {
  const seconds = Number(ds.getBigInt64(offset, true));
  return seconds === 0 ? undefined : new Date(1_000 * seconds);
}

/**
 * Put a change into a structure that IPC_STAT has filled.
 *
 * @throws {RangeError} if an id or the mode is out of range.
 */
export function changeOwner(ds: DataView, { uid, gid, mode }: IpcOwnerChange): void {
  for (const [name, value] of [["uid", uid], ["gid", gid]] as const) {
    if (value === undefined) continue;
    if (!Number.isInteger(value) || value < 0 || value >= 2 ** 32 - 1) {
      throw new RangeError(`${name} must be an integer from 0 to 4294967294: ${value}`);
    }
    ds.setUint32(IPC_PERM[name], value, true);
  }
  if (mode === undefined) return;
  checkMode(mode);
  ds.setUint32(IPC_PERM.mode, mode, true);
}
