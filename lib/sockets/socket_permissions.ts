/** What Deno's own sockets would ask for. */
import { requireAccess, requireFile, requireHost } from "../core/permissions.ts";
import { addressText, type InetAddress, isUnixAddress, type SocketAddress } from "./address.ts";

/** As a permission has it, which knows no scope: it is of the address. */
function placeOf({ hostname, port }: InetAddress): string {
  return addressText({ hostname: hostname.replace(/%.*$/s, ""), port });
}

/** Naming a socket, or reaching the one at `address`. @throws {Deno.errors.NotCapable} */
export function requireAddress(address: SocketAddress): void {
  if (!isUnixAddress(address)) {
    const host = placeOf(address);
    return requireAccess({ name: "net", host }, host);
  }
  const { path } = address;
  // No file stands for an abstract name, and none at all for what the kernel is to choose.
  if (path === "" || path.startsWith("\0")) return requireAccess({ name: "net" });
  requireFile("read", path);
  requireFile("write", path);
  const host = `unix:${absolutePath(path)}`;
  requireAccess({ name: "net", host }, host);
}

/** The path that Deno knows a Unix socket by: it takes none that is relative for the name of one. */
export function absolutePath(path: string): string {
  if (path.startsWith("/") && !/\/\.{0,2}(\/|$)/.test(path)) return path;
  const parts: string[] = [];
  for (const part of (path.startsWith("/") ? path : `${Deno.cwd()}/${path}`).split("/")) {
    if (part === "..") parts.pop();
    else if (part !== "" && part !== ".") parts.push(part);
  }
  return `/${parts.join("/")}`;
}

/** Reaching, or listening at, a host as the user names it, whatever addresses it has. @throws {Deno.errors.NotCapable} */
export function requireNamed(host: string, port: number): void {
  const bare = host.replace(/%.*$/s, "");
  if (port > 0) return requireHost(bare, port);
  const place = `${bare.includes(":") ? `[${bare}]` : bare}:0`;
  requireAccess({ name: "net", host: place }, place);
}

/**
 * Those of a host's addresses that are not denied. Leave for the host is enough for the others, as Deno has it too: else
 * `--deny-net=127.0.0.1` would not keep anybody from `localhost`, nor from `127.1`.
 *
 * @throws {Deno.errors.NotCapable} if there are only such as are denied.
 */
export function notDenied(addresses: InetAddress[]): InetAddress[] {
  const left = addresses.filter((address) => {
    return Deno.permissions.querySync({ name: "net", host: placeOf(address) }).state !== "denied";
  });
  if (left.length === 0 && addresses.length > 0) requireAddress(addresses[0]!);
  return left;
}
