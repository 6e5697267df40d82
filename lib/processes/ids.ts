/** Whose this process is. */
import { ERRNO } from "../../ffi/abi/errno.ts";
import { setgroups } from "../../ffi/grp.ts";
import {
  getegid as effectiveGroup,
  geteuid as effectiveUser,
  getgid as realGroup,
  getgroups as furtherGroups,
  getresgid,
  getresuid,
  getuid as realUser,
  setresgid,
  setresuid,
} from "../../ffi/unistd.ts";
import { check, syscallError } from "../core/errors.ts";
import { requireAccess } from "../core/permissions.ts";
import type { Identity } from "./identity.ts";

/**
 * The real user id of this process: Perl's `$<`. Needs `sys` permission for `uid`, as `Deno.uid`.
 *
 * @returns The number of the user who started it.
 * @throws {Deno.errors.NotCapable} if the permission is missing.
 * @example
 * ```ts
 * import { getuid } from "@vasty/vasty";
 *
 * console.assert(getuid() === Deno.uid());
 * ```
 * @see getuid(2)
 */
export function getuid(): number {
  requireAccess({ name: "sys", kind: "uid" }, "uid");
  return realUser() >>> 0;
}

/**
 * The effective user id of this process, by which its rights are judged: Perl's `$>`. Needs `sys` permission for `uid`.
 *
 * @returns The number; another than the real one in a set-user-id program alone.
 * @throws {Deno.errors.NotCapable} if the permission is missing.
 * @example
 * ```ts
 * import { geteuid, getuid } from "@vasty/vasty";
 *
 * console.assert(geteuid() === getuid());
 * ```
 * @see geteuid(2)
 */
export function geteuid(): number {
  requireAccess({ name: "sys", kind: "uid" }, "uid");
  return effectiveUser() >>> 0;
}

/**
 * The real group id of this process: the first number of Perl's `$(`. Needs `sys` permission for `gid`, as `Deno.gid`.
 *
 * @returns The number.
 * @throws {Deno.errors.NotCapable} if the permission is missing.
 * @example
 * ```ts
 * import { getgid } from "@vasty/vasty";
 *
 * console.assert(getgid() === Deno.gid());
 * ```
 * @see getgid(2)
 */
export function getgid(): number {
  requireAccess({ name: "sys", kind: "gid" }, "gid");
  return realGroup() >>> 0;
}

/**
 * The effective group id of this process: the first number of Perl's `$)`. Needs `sys` permission for `gid`.
 *
 * @returns The number.
 * @throws {Deno.errors.NotCapable} if the permission is missing.
 * @example
 * ```ts
 * import { getegid, getgid } from "@vasty/vasty";
 *
 * console.assert(getegid() === getgid());
 * ```
 * @see getegid(2)
 */
export function getegid(): number {
  requireAccess({ name: "sys", kind: "gid" }, "gid");
  return effectiveGroup() >>> 0;
}

/**
 * The further groups of this process: the rest of Perl's `$)`. Needs `sys` permission for `gid`.
 *
 * @returns Their numbers; whether the effective group is among them is the kernel's choice.
 * @throws {Deno.errors.NotCapable} if the permission is missing.
 * @example
 * ```ts
 * import { getgroups } from "@vasty/vasty";
 *
 * console.assert(getgroups().every((group) => Number.isInteger(group)));
 * ```
 * @see getgroups(2)
 */
export function getgroups(): number[] {
  requireAccess({ name: "sys", kind: "gid" }, "gid");
  return groupsNow();
}

/** Between the two calls nobody of this process changes them: that would be a call of ours as well. */
function groupsNow(): number[] {
  const groups = new Uint32Array(check(furtherGroups(0, null), "list the groups", "getgroups"));
  const count = check(furtherGroups(groups.length, groups), "list the groups", "getgroups");
  return [...groups.subarray(0, count)];
}

/**
 * Give up what a set-user-id or set-group-id program was lent: its effective and saved ids become the real ones, on all
 * threads and for good. Perl's `$) = $(; $> = $<`, and its way back is closed as well. Where they are the same it
 * changes nothing.
 *
 * Needs `sys` permission for `uid` and `gid`.
 *
 * A real user who is root stays root, and may become anybody.
 *
 * @throws {SyscallError} `EPERM` if the kernel refuses it, or if the ids could be had again afterwards; end then.
 * @throws {Deno.errors.NotCapable} if a permission is missing.
 * @example
 * ```ts
 * import { getegid, geteuid, getgid, getuid, resetIds } from "@vasty/vasty";
 *
 * resetIds();
 * console.assert(geteuid() === getuid() && getegid() === getgid());
 * ```
 * @see setresuid(2), perlsec(1)
 */
export function resetIds(): void {
  requireAccess({ name: "sys", kind: "uid" }, "uid");
  requireAccess({ name: "sys", kind: "gid" }, "gid");
  takeIdentity({ uid: realUser() >>> 0, gid: realGroup() >>> 0 }, "");
}

/**
 * Become `identity` on all threads: groups, then gid, then uid, since who has given up the user may change nothing more.
 * What is so already is left alone. `prefix` begins the messages.
 *
 * @throws {SyscallError} naming the step that was refused.
 */
export function takeIdentity({ uid, gid, groups }: Identity, prefix: string): void {
  if (groups !== undefined && !sameSet(groups, groupsNow())) {
    check(setgroups(groups.length, Uint32Array.from(groups)), `${prefix}set groups ${groups.join(", ")}`, "setgroups");
  }
  if (gid !== undefined && !isAll(gid, getresgid)) {
    check(setresgid(gid | 0, gid | 0, gid | 0), `${prefix}set group ${gid}`, "setresgid");
  }
  if (uid === undefined || isAll(uid, getresuid)) return;
  const before = triple(getresuid);
  check(setresuid(uid | 0, uid | 0, uid | 0), `${prefix}set user ${uid}`, "setresuid");
  // Root may become anybody. Anybody else who still may kept the capability, and is as powerful as before.
  if (uid === 0) return;
  for (const old of new Set([0, ...before])) if (old !== uid) refuseReturn(uid, old, prefix);
}

/** The way back must be closed. */
function refuseReturn(uid: number, old: number, prefix: string): void {
  if (setresuid(old | 0, old | 0, old | 0) < 0) return;
  throw syscallError(`${prefix}set user ${uid} for good: user ${old} could be had again`, ERRNO.EPERM, "setresuid");
}

/** The real, effective and saved id. */
function triple(get: typeof getresuid): number[] {
  const ids = [new Uint32Array(1), new Uint32Array(1), new Uint32Array(1)] as const;
  check(get(...ids), "ask for the ids", "getresuid");
  return ids.map((id) => id[0]!);
}

function isAll(id: number, get: typeof getresuid): boolean {
  return triple(get).every((one) => one === id);
}

function sameSet(one: readonly number[], other: readonly number[]): boolean {
  const [left, right] = [new Set(one), new Set(other)];
  return left.size === right.size && [...left].every((id) => right.has(id));
}
