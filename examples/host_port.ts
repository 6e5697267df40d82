/** The other end, as an example is told it. */
import { UsageError } from "./program.ts";

/** A host, and a port: a number, the name of a service, or both, as `connect()` takes them. */
export interface HostPort {
  host: string;
  port?: number | string;
}

/** `HOST`, `HOST:PORT`, `[V6]`, `[V6]:PORT` or a bare V6; the port is `defaultPort` if the text has none. */
export function hostPort(text: string, defaultPort: number | string): Required<HostPort>;
export function hostPort(text: string, defaultPort?: number | string): HostPort;
export function hostPort(text: string, defaultPort?: number | string): HostPort {
  const [, six, name, digits] = /^(?:\[(.*:.*)\]|([^:[\]]+))(?::(\d+))?$/.exec(text) ?? [];
  const bare = /^[^[\]]*:[^[\]]*:[^[\]]*$/.test(text) ? text : undefined;
  const host = six ?? name ?? bare;
  const port = digits === undefined ? defaultPort : Number(digits);
  if (host === undefined || port === 0 || Number(port) > 65_535) throw new UsageError();
  return { host, port };
}
