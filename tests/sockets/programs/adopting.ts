/** Answers on an inherited socket: argv is what it is, and its number. What it is not is said on standard error. */
import { Connection, Listener } from "../../../lib/sockets/mod.ts";

const [what, number] = [Deno.args[0], Number(Deno.args[1])];
try {
  (what === "listener" ? Connection : Listener).fromFd(number);
} catch (error) {
  console.error((error as Error).message);
}
using listener = what === "listener" ? Listener.fromFd(number) : undefined;
using connection = listener === undefined ? Connection.fromFd(number) : await listener.accept({ timeout: 10_000 });
const { fd, socket } = listener ?? connection;
await connection.writeLine(`adopted ${fd.number} ${socket.family} ${socket.type}`);
await connection.writeLine(`got ${await connection.readLine({ timeout: 10_000 })}`);
