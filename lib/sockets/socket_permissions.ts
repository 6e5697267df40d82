/** What Deno's own sockets would ask for. */
import { requireAccess, requireFile } from "../core/permissions.ts";
import { addressText, isUnixAddress, type SocketAddress } from "./address.ts";

/** Naming a socket, or reaching the one at `address`. @throws {Deno.errors.NotCapable} */
export function requireAddress(address: SocketAddress): void {
  if (!isUnixAddress(address)) {
    // The permission knows no scope: it is of the address.
    const host = addressText({ hostname: address.hostname.replace(/%.*$/s, ""), port: address.port });
    return requireAccess({ name: "net", host }, host);
  }
  const { path } = address;
  // No file stands for an abstract name, and none at all for what the kernel is to choose.
  if (path === "" || path.startsWith("\0")) return requireAccess({ name: "net" });
  requireAccess({ name: "net", host: `unix:${path}` }, `unix:${path}`);
  requireFile("read", path);
  requireFile("write", path);
}
