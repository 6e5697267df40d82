/** Run by channel.ts as the other end: `channel_program.ts many|each ID COUNT SIZE` or `unix PATH BYTES`, read to the end. */
import { Channel } from "../lib/sysv/mod.ts";

async function fromChannel(how: string, id: number, count: number, size: number): Promise<void> {
  using channel = Channel.fromId(id);
  using reader = channel.reader();
  const into = size > 4_096 ? new Uint8Array(size) : undefined;
  console.log("ready");
  for (let i = 0; i < count;) {
    const messages = how === "many" ? await reader.receiveMany() : [await reader.receive({ into })];
    for (const message of messages ?? [null]) {
      if (message?.length !== size) throw new Error(`message ${i} has ${message?.length} bytes`);
      i++;
    }
  }
  console.log("done");
}

async function fromSocket(path: string, bytes: number): Promise<void> {
  using connection = await Deno.connect({ transport: "unix", path });
  const buffer = new Uint8Array(65_536);
  console.log("ready");
  for (let got = 0; got < bytes;) got += (await connection.read(buffer)) ?? NaN;
  console.log("done");
}

const [kind, place, ...numbers] = Deno.args;
if (kind !== "unix") await fromChannel(kind!, Number(place), Number(numbers[0]), Number(numbers[1]));
else await fromSocket(place!, Number(numbers[0]));
