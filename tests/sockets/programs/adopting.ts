/** Answers on an inherited socket: argv is what it is, and its number. */
import { Socket } from "../../../lib/sockets/mod.ts";

const [what, number] = Deno.args;
using adopted = Socket.fromFd(Number(number));
using accepted = what === "listener" ? (await adopted.accept()).socket : undefined;
const connection = accepted ?? adopted;
const bytes = (text: string) => new TextEncoder().encode(text);
await connection.send(bytes(`adopted ${adopted.fd.number} ${adopted.family} ${adopted.type}\n`));
const request = new TextDecoder().decode(await connection.recv(100));
await connection.send(bytes(`got ${request}`));
