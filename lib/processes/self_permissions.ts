/** The permissions of a Deno that this one starts: never more than this one has. */
import { pathOf } from "../core/path.ts";
import { requireAccess } from "../core/permissions.ts";

/**
 * What a fresh Deno is granted, each kind as a whole (`true`) or for the paths, hosts, programs, variables or kinds that
 * are listed. Only what is granted here can be given away. A path is relative to this program's working directory.
 */
export interface SelfPermissions {
  /** Environment variables. @default {none} */
  env?: boolean | readonly string[];
  /** Libraries besides libc, which it always gets. @default {libc alone} */
  ffi?: boolean | readonly (string | URL)[];
  /** Hosts to load code from, besides what was loaded at the start. @default {none} */
  import?: boolean | readonly string[];
  /** Hosts. @default {none} */
  net?: boolean | readonly string[];
  /** Files and folders to read. @default {none} */
  read?: boolean | readonly (string | URL)[];
  /** Programs. @default {none} */
  run?: boolean | readonly (string | URL)[];
  /** Facts of the system, as `Deno.permissions.query` calls them. @default {none} */
  sys?: boolean | readonly string[];
  /** Files and folders to write. @default {none} */
  write?: boolean | readonly (string | URL)[];
}

type Kind = keyof SelfPermissions;

/** What a permission is about. */
const SUBJECT = {
  env: "variable",
  ffi: "path",
  import: "host",
  net: "host",
  read: "path",
  run: "command",
  sys: "kind",
  write: "path",
} as const satisfies Record<Kind, string>;

/** Flags of a fresh Deno, and the hosts that it must forget once it has loaded its code; `true` is all of them. */
export interface Grants {
  readonly flags: readonly string[];
  readonly forget: true | readonly string[];
}

/**
 * The flags that grant `permissions`, and libc, and carry on what this Deno was denied by the flags `own`.
 *
 * @throws {Deno.errors.NotCapable} if one of them is not granted here, or if what is excepted from it is not known.
 * @throws {TypeError} if there is no such permission.
 */
export function grants(permissions: SelfPermissions, libc: string, own: readonly string[]): Grants {
  const flags: string[] = [];
  for (const [name, value] of Object.entries(permissions)) {
    if (!Object.hasOwn(SUBJECT, name)) throw new TypeError(`There is no permission ${JSON.stringify(name)}`);
    const items = name === "import" ? undefined : granted(name as Kind, value);
    if (items !== undefined && name !== "ffi") flags.push(flag(name, items), ...exceptions(name as Kind, value, own));
  }
  const libraries = granted("ffi", permissions.ffi) ?? [];
  flags.push(flag("ffi", libraries === true ? true : [libc, ...libraries]), ...exceptions("ffi", permissions.ffi, own));
  const { hosts, forget } = sources(granted("import", permissions.import) ?? [], own);
  if (hosts === true || hosts.length > 0) flags.push(flag("import", hosts), ...exceptions("import", hosts, own));
  return { flags, forget };
}

function flag(kind: string, items: true | readonly string[]): string {
  if (items === true) return `--allow-${kind}`;
  return `--allow-${kind}=${items.join(",")}`;
}

/** What is wanted of a kind, if it is granted here; nothing if nothing is wanted. */
function granted(kind: Kind, value: SelfPermissions[Kind]): true | string[] | undefined {
  if (value === undefined || value === false) return undefined;
  if (value === true) {
    requireAccess({ name: kind });
    return true;
  }
  if (!Array.isArray(value)) throw new TypeError(`permissions.${kind} is true, false or an array`);
  const items = value.map((item) => subject(kind, item));
  for (const item of items) requireAccess(descriptor(kind, item), item);
  return items.length > 0 ? items : undefined;
}

/** Paths as they are whatever the child's directory is; a program without a slash stays a name. */
function subject(kind: Kind, item: string | URL): string {
  const text = SUBJECT[kind] === "path" || SUBJECT[kind] === "command" ? pathOf(item) : String(item);
  if (text === "" || text.includes(",")) {
    throw new TypeError(
      `permissions.${kind}: Deno has no flag for ${JSON.stringify(text)}, for it is empty or has a comma`,
    );
  }
  return SUBJECT[kind] === "path" || (kind === "run" && text.includes("/")) ? absolute(text) : text;
}

function absolute(path: string): string {
  return path.startsWith("/") ? path : `${Deno.cwd()}/${path}`;
}

function descriptor(kind: Kind, item: string): Deno.PermissionDescriptor {
  return { name: kind, [SUBJECT[kind]]: item } as unknown as Deno.PermissionDescriptor;
}

/**
 * The `--deny` and `--ignore` flags of `kind` among this Deno's own. They name paths from where this program was started,
 * which it may have left since: what is not denied here under its full name would not be denied there either.
 */
function exceptions(kind: Kind, value: unknown, own: readonly string[]): string[] {
  const found: string[] = [];
  for (const one of own) {
    const [, name, list] = /^--((?:deny|ignore)-\w+)=(.*)$/s.exec(one) ?? [];
    if (list === undefined || !name!.endsWith(`-${kind}`)) continue;
    const items = list.split(",").map((item) => subject(kind, item));
    const lost = items.find((item) => Deno.permissions.querySync(descriptor(kind, item)).state === "granted");
    if (lost !== undefined) throw unknown(kind, `${one} does not mean ${JSON.stringify(lost)}`);
    found.push(flag(kind, items).replace(`--allow-${kind}`, `--${name}`));
  }
  const whole: Deno.PermissionDescriptor[] = value === true ? [{ name: kind }] : [];
  const asked = Array.isArray(value) ? value.map((item) => descriptor(kind, subject(kind, item))) : whole;
  if (asked.some((one) => Deno.permissions.querySync(one).partial) && found.length === 0) {
    throw unknown(kind, "it is no flag of the command line");
  }
  return found;
}

function unknown(kind: Kind, why: string): Error {
  return new Deno.errors.NotCapable(
    `Requires ${kind} access without exceptions: what is excepted here cannot be handed on, since ${why}`,
  );
}

/**
 * The hosts that the child may load code from: `wanted`, and while it starts, those that this Deno may load from, as its
 * code is the same.
 */
function sources(
  wanted: true | string[],
  own: readonly string[],
): { hosts: true | string[]; forget: Grants["forget"] } {
  if (wanted === true) return { hosts: true, forget: [] };
  const lists = own.map((one) => /^(?:--allow-import|-I)=(.*)$/s.exec(one)?.[1]).filter((list) => list !== undefined);
  const listed = lists.flatMap((list) => list.split(",")).filter((host) =>
    Deno.permissions.querySync(descriptor("import", host)).state === "granted"
  );
  if (wanted.length > 0) {
    return { hosts: [...wanted, ...listed], forget: listed.filter((host) => !wanted.includes(host)) };
  }
  const all = Deno.permissions.querySync({ name: "import" }).state === "granted";
  return { hosts: all || listed, forget: true };
}
