/** Run by channel.ts as the other end: `channel_program.ts channel ID COUNT SIZE` or `unix PATH BYTES`, read to the end. */
import { Channel } from "../lib/sysv/mod.ts";

async function fromChannel(id: number, count: number, size: number): Promise<void> {
  using channel = Channel.fromId(id);
  using reader = channel.reader();
  const into = size > 4_096 ? new Uint8Array(size) : undefined;
  console.log("ready");
  for (let i = 0; i < count; i++) {
    const message = await reader.receive({ into });
    if (message?.length !== size) throw new Error(`message ${i} has ${message?.length} bytes`);
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
if (kind === "channel") await fromChannel(Number(place), Number(numbers[0]), Number(numbers[1]));
else await fromSocket(place!, Number(numbers[0]));
