/** Services with a number for machines that do not know their names. */
import { getservbyname } from "../lib/sockets/mod.ts";

/** `service`, such as "daytime(13)", as `connect()` takes it. Says so if this machine knows the number alone. */
export function knownService(program: string, service: string, protocol = "tcp"): string {
  const name = service.replace(/\(.*/, "");
  if (!getservbyname(name, protocol)) console.error(`${program}: no service ${name} here, so ${service}`);
  return service;
}
