/** Run by sockets.ts: `sockets_program.ts TCP_PORT UDP_PORT SOURCE SINK TURNS MEBIBYTES` prints costs as JSON. */
import { createSocket } from "node:dgram";
import { connect, listenDatagram } from "../lib/sockets/mod.ts";
import { inTurns, timedAsync } from "./measure.ts";

const [source, sink] = [Deno.args[2]!, Deno.args[3]!];
const [tcp, udp, , , turns, mebibytes] = Deno.args.map(Number) as [number, number, number, number, number, number];
const hostname = "127.0.0.1";
const request = new Uint8Array(64).fill(7);
const answer = new Uint8Array(512);
const chunk = new Uint8Array(1 << 18);

function expectOk(ok: boolean): void {
  if (!ok) throw new Error("The wrong answer came");
}

/** Connect, ask, read the answer, close. */
function dialogs(): Record<string, () => Promise<void>> {
  return {
    async "Deno.connect"() {
      const connection = await Deno.connect({ hostname, port: tcp });
      await connection.write(request);
      expectOk(await connection.read(answer) === request.length);
      connection.close();
    },
    async "connect()"() {
      const connection = await connect({ host: hostname, port: tcp });
      await connection.write(request);
      expectOk(await connection.read(answer) === request.length);
      connection.close();
    },
  };
}

/** The same over connections that stay open. */
async function roundTrips(): Promise<Record<string, () => Promise<void>>> {
  const theirs = await Deno.connect({ hostname, port: tcp });
  const ours = await connect({ host: hostname, port: tcp });
  return {
    async "Deno.connect"() {
      await theirs.write(request);
      expectOk(await theirs.read(answer) === request.length);
    },
    async "connect()"() {
      await ours.write(request);
      expectOk(await ours.read(answer) === request.length);
    },
  };
}

/** A datagram and its answer. */
function datagrams(): Record<string, () => Promise<void>> {
  const theirs = Deno.listenDatagram({ transport: "udp", hostname, port: 0 });
  const ours = listenDatagram({ transport: "udp", hostname, port: 0 });
  const node = createSocket("udp4");
  let came = (_: number) => {};
  node.on("message", (message) => came(message.length));
  return {
    async "Deno.listenDatagram"() {
      await theirs.send(request, { transport: "udp", hostname, port: udp });
      expectOk((await theirs.receive(answer))[0].length === request.length);
    },
    async "node:dgram"() {
      const { promise, resolve } = Promise.withResolvers<number>();
      came = resolve;
      node.send(request, udp, hostname);
      expectOk(await promise === request.length);
    },
    async "listenDatagram()"() {
      await ours.send(request, { transport: "udp", hostname, port: udp });
      expectOk((await ours.receive(answer))[0].length === request.length);
    },
  };
}

/** Milliseconds for all of it. */
function transfers(): Record<string, () => Promise<number>> {
  const wanted = mebibytes * 2 ** 20;
  const reading = async (connection: { read(to: Uint8Array<ArrayBuffer>): Promise<number | null>; close(): void }) => {
    let total = 0;
    const ms = await timedAsync(async () => {
      while (total < wanted) total += await connection.read(chunk) ?? NaN;
    });
    connection.close();
    return ms;
  };
  const writing = async (connection: { write(bytes: Uint8Array<ArrayBuffer>): Promise<number>; close(): void }) => {
    let total = 0;
    const ms = await timedAsync(async () => {
      while (total < wanted) total += await connection.write(chunk);
    });
    connection.close();
    return ms;
  };
  const streaming = async (
    connection: { readonly readable: ReadableStream<Uint8Array<ArrayBuffer>>; close(): void },
  ) => {
    let total = 0;
    return await timedAsync(async () => {
      for await (const piece of connection.readable) if ((total += piece.length) >= wanted) break;
    });
  };
  return {
    "stream, Deno.connect": async () => streaming(await Deno.connect({ transport: "unix", path: source })),
    "stream, connect()": async () => {
      await using connection = await connect({ path: source });
      return await streaming(connection);
    },
    "reading, Deno.connect": async () => reading(await Deno.connect({ transport: "unix", path: source })),
    "reading, connect()": async () => reading(await connect({ path: source })),
    "writing, Deno.connect": async () => writing(await Deno.connect({ transport: "unix", path: sink })),
    "writing, connect()": async () => writing(await connect({ path: sink })),
  };
}

const results: Record<string, Record<string, number>> = {
  dialog: await inTurns(dialogs(), turns),
  roundTrip: await inTurns(await roundTrips(), turns),
  datagram: await inTurns(datagrams(), turns),
  transfer: {},
};
for (const [name, transfer] of Object.entries(transfers())) results.transfer![name] = await transfer();
console.log(JSON.stringify(results));
Deno.exit();
