/** Listening sockets that Perl's Server::Starter hands over. */
import { garbled, removeVariables, variable } from "./environment.ts";
import type { Announced } from "./systemd_sockets.ts";

const VARIABLE = "SERVER_STARTER_PORT";

/**
 * What the environment announces: `host:port=fd;path=fd`.
 *
 * @throws {Deno.errors.InvalidData} if it is garbled.
 * @throws {Deno.errors.NotCapable}
 */
export function serverStarterSockets(): Announced[] {
  const text = variable(VARIABLE);
  if (text === undefined || text === "") return [];
  return text.split(";").map((entry) => {
    // A path may have an equals sign in it.
    const [, name, number] = /^(.+)=(\d{1,9})$/s.exec(entry) ?? [];
    if (name === undefined) throw garbled(VARIABLE, text, '"host:port=fd;path=fd"');
    return { name, number: Number(number) };
  });
}

/** Nobody else is to take them for theirs. */
export function forgetServerStarter(): void {
  removeVariables([VARIABLE]);
}
