/** Giving up privileges for good. */
import { keepSight } from "../../ffi/installation.ts";
import { chroot as changeRoot } from "../../ffi/unistd.ts";
import { chdir } from "../../ffi/unistd.ts";
import { cString } from "../../ffi/memory.ts";
import { check } from "../core/errors.ts";
import { pathOf } from "../core/path.ts";
import { requireAccess, requireFile } from "../core/permissions.ts";
import { identityOf, type IdentityOptions } from "./identity.ts";
import { takeIdentity } from "./ids.ts";

/** Whom a program becomes, and where it is locked up. */
export interface DropOptions extends IdentityOptions {
  /** The directory that becomes its root, and its working directory. */
  chroot?: string | URL;
}

/**
 * Become another user, on all threads and for good, as a server does that has bound its port: first the root directory, then
 * groups, group and user, since who has given up the user may change nothing more. The user's name is looked up before the
 * root is another one. The way back is closed: real, effective and saved ids are the same afterwards.
 *
 * All code should be loaded by then: what a later `import()` needs is read as that user, within that root. The kernel
 * keeps /proc/self from who has changed its user: `exec` and `execSelf` fail afterwards.
 *
 * In another root there is mostly no /proc. A file of it stays open, close-on-exec, that tells whether Deno has dealt with
 * a signal; for that a listener of Deno's comes and goes, with which Deno sets the handlers that it has half a second after
 * its start anyway.
 *
 * Needs `sys` permission for `uid` and `gid`, and `read` for the new root.
 *
 * @param options User, group and groups by name or number, and the root.
 * @throws {SyscallError} `EPERM` if this program may not do it, `ENOENT` or `ENOTDIR` for a root that is none. End then: what
 * came before in the order is done.
 * @throws {TypeError} if there is no such user or group, or it is known by number alone and `group` and `groups` are missing.
 * @throws {Deno.errors.NotCapable} if a permission is missing.
 * @example
 * ```ts
 * import { dropPrivileges, getuid } from "@vasty/vasty";
 *
 * dropPrivileges(getuid() === 0 ? { user: "root" } : {});
 * console.assert(getuid() === Deno.uid());
 * ```
 * @see setresuid(2), chroot(2)
 */
export function dropPrivileges({ chroot, ...whom }: DropOptions): void {
  const identity = identityOf(whom);
  if (identity.uid !== undefined) requireAccess({ name: "sys", kind: "uid" }, "uid");
  if (identity.gid !== undefined || identity.groups !== undefined) requireAccess({ name: "sys", kind: "gid" }, "gid");
  if (chroot !== undefined) enterRoot(pathOf(chroot));
  takeIdentity(identity, "");
}

function enterRoot(path: string): void {
  const name = cString(path, "chroot");
  requireFile("read", path);
  const undo = keepSight();
  const rc = changeRoot(name);
  if (rc < 0) undo();
  check(rc, `change the root to ${JSON.stringify(path)}`, "chroot", { path });
  // Outside of the new root the old one could be reached.
  check(chdir(cString("/")), 'enter directory "/"', "chdir", { path: "/" });
}
