/** Descriptors that systemd hands over: sd_listen_fds(3). */
import { garbled, numericVariable, removeVariables, variable } from "./environment.ts";

/** The first of them. */
export const FIRST_DESCRIPTOR = 3;

const VARIABLES = ["LISTEN_FDS", "LISTEN_PID", "LISTEN_FDNAMES", "LISTEN_PIDFDID"];

/** A descriptor that somebody has announced. */
export interface Announced {
  readonly name: string;
  readonly number: number;
}

/**
 * What the environment announces to this process.
 *
 * @throws {Deno.errors.InvalidData} if it is garbled.
 * @throws {Deno.errors.NotCapable}
 */
export function systemdSockets(): Announced[] {
  const pid = numericVariable("LISTEN_PID");
  const count = numericVariable("LISTEN_FDS");
  // Both come together; what is somebody else's is left alone.
  if (pid !== Deno.pid || count === undefined) return [];
  const text = variable("LISTEN_FDNAMES");
  const names = text?.split(":") ?? new Array<string>(count).fill("unknown");
  if (text !== undefined && names.length !== count) {
    throw garbled("LISTEN_FDNAMES", text, `as many names as LISTEN_FDS says, ${count}`);
  }
  return names.map((name, i) => ({ name, number: FIRST_DESCRIPTOR + i }));
}

/** Nobody else is to take them for theirs. */
export function forgetSystemd(): void {
  removeVariables(VARIABLES);
}
