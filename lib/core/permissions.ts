/**
 * Deno does not gate what is done through its FFI, so the library asks for the permission that Deno's own call would
 * need. A courtesy to the author of the script, not a sandbox: code that may call libc may do anything.
 */

/** Deno's words for what is not granted. */
function notCapable(access: string, flag: string): Error {
  return new Deno.errors.NotCapable(`Requires ${access}, run again with the --allow-${flag} flag`);
}

function granted(descriptor: Deno.PermissionDescriptor): boolean {
  return Deno.permissions.querySync(descriptor).state === "granted";
}

/** What Deno said last. It stays true of what is revoked afterwards, and saves a question for each child. */
let running: Deno.PermissionStatus | undefined;

/** Leave to run anything: it is also reported, as partial, where some programs are denied. */
function mayRunAnything(): boolean {
  if (running?.state !== "granted") running = Deno.permissions.querySync({ name: "run" });
  return running.state === "granted" && !running.partial;
}

/** A permission whole, or for `value` alone. @throws {Deno.errors.NotCapable} */
export function requireAccess(descriptor: Deno.PermissionDescriptor, value?: string): void {
  const { name } = descriptor;
  if (!granted(descriptor)) {
    throw notCapable(`${name} access${value === undefined ? "" : ` to ${JSON.stringify(value)}`}`, name);
  }
}

/** Running any program, or signalling any process. @throws {Deno.errors.NotCapable} */
export function requireRun(): void {
  if (!granted({ name: "run" })) throw notCapable("run access", "run");
}

/** Running the file at `path`, which the user calls `program`. @throws {Deno.errors.NotCapable} */
export function requireProgram(program: string, path: string): void {
  if (mayRunAnything() || granted({ name: "run", command: path })) return;
  throw notCapable(`run access to ${JSON.stringify(program)}`, "run");
}

/** Reading or writing the file at `path`. @throws {Deno.errors.NotCapable} */
export function requireFile(access: "read" | "write", path: string): void {
  if (!granted({ name: access, path })) throw notCapable(`${access} access to ${JSON.stringify(path)}`, access);
}

/** How the names of variables begin that make the loader run other code, whatever the case, and white space before them. */
export const LOADER: readonly string[] = ["LD_", "DYLD_"];

function isLoaders(name: string): boolean {
  const capitals = name.trim().toUpperCase();
  return LOADER.some((prefix) => capitals.startsWith(prefix));
}

/**
 * A child's environment, all of it, by whomever it was set: variables that make the loader run other code need leave to run
 * anything. One that is empty is as good as none.
 *
 * @throws {Deno.errors.NotCapable}
 */
export function requireChildEnvironment(variables: () => Iterable<[name: string, value: string]>): void {
  if (mayRunAnything()) return;
  const names = [...variables()].filter(([name, value]) => isLoaders(name) && value !== "")
    .map(([name]) => name).sort();
  if (names.length === 0) return;
  const [what, these] = names.length > 1 ? ["variables", "these"] : ["variable", "the"];
  throw new Deno.errors.NotCapable(
    `Requires --allow-run permissions to spawn subprocess with ${names.join(", ")} environment ${what}. ` +
      `Alternatively, spawn with ${these} environment ${what} unset.`,
  );
}

/**
 * Asking for the addresses of `host`, or for the name of an address; with the port that is meant, if it is known.
 * @throws {Deno.errors.NotCapable}
 */
export function requireHost(host: string, port = 0): void {
  const bare = host.includes(":") ? `[${host}]` : host;
  const place = port > 0 ? `${bare}:${port}` : bare;
  if (!grantedHost(place)) throw notCapable(`net access to ${JSON.stringify(place)}`, "net");
}

/** What Deno takes for no host can be granted with all others alone. */
function grantedHost(place: string): boolean {
  try {
    return granted({ name: "net", host: place });
  } catch (error) {
    if (!(error instanceof URIError)) throw error;
    return granted({ name: "net" });
  }
}
