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
 * What the environment announces to this process, one after the other: the count may be any number.
 *
 * @throws {Deno.errors.InvalidData} if it is garbled.
 * @throws {Deno.errors.NotCapable}
 */
export function* systemdSockets(): Generator<Announced> {
  const pid = numericVariable("LISTEN_PID");
  const count = numericVariable("LISTEN_FDS");
  // Both come together; what is somebody else's is left alone.
  if (pid !== Deno.pid || !count) return;
  const text = variable("LISTEN_FDNAMES");
  const names = text?.split(":");
  if (names !== undefined && names.length !== count) {
    throw garbled("LISTEN_FDNAMES", text!, `as many names as LISTEN_FDS says, ${count}`);
  }
  for (let i = 0; i < count; i++) yield { name: names?.[i] ?? "unknown", number: FIRST_DESCRIPTOR + i };
}

/** Nobody else is to take them for theirs. */
export function forgetSystemd(): void {
  removeVariables(VARIABLES);
}
