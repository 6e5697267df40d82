/** What the children of pre-forking servers do in the tests. */
import type { Connection } from "../../../lib/sockets/mod.ts";
import type { PreforkedConnection } from "../../../lib/servers/preforked_child.ts";

/** Says who it is, and ends the connection. */
export async function greet(connection: Connection, { listener, served }: PreforkedConnection, word = "pid") {
  await connection.writeLine(`${word} ${Deno.pid} ${listener} ${served}`);
}

/** Does what its client asks for, a line each. */
export async function obey(connection: Connection) {
  for await (const line of connection.readLines()) {
    if (line === "throw") throw new TypeError("as it was asked to");
    await connection.writeLine(`${Deno.pid} ${line}`);
  }
}

/** Takes a processor for as many rounds as its client says. */
export async function work(connection: Connection) {
  const rounds = Number(await connection.readLine());
  let sum = 0;
  for (let i = 0; i < rounds; i++) sum += Math.sqrt(sum + i);
  await connection.writeLine(`${sum > 0}`);
}
