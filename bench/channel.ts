/** Messages from one Deno to another: a channel beside a Unix socket. */
import { libc } from "../ffi/libc.ts";
import { readLines } from "../lib/core/mod.ts";
import { spawn } from "../lib/processes/mod.ts";
import { Channel, IPC_PRIVATE } from "../lib/sysv/mod.ts";
import type { Scale } from "./main.ts";
import { type Contender, ratio, sideBySide, summary, timedAsync } from "./measure.ts";
import type { Row } from "./report.ts";

/** Milliseconds from the first message to the other program's having read the last one. */
async function timedWith(args: readonly string[], send: () => Promise<void>): Promise<number> {
  const program = new URL("channel_program.ts", import.meta.url).pathname;
  const flags = ["--no-config", "--no-check", "--no-prompt", "--quiet", "--allow-read", "--allow-write", "--allow-net"];
  await using child = spawn([Deno.execPath(), "run", ...flags, `--allow-ffi=${libc().path}`, program, ...args], {
    stdout: "piped",
  });
  const said = readLines(child.stdout)[Symbol.asyncIterator]();
  const expect = async (word: string) => {
    const { value } = await said.next();
    if (value !== word) throw new Error(`The other end said ${value}, not ${word}`);
  };
  await expect("ready");
  return await timedAsync(async () => {
    await send();
    await expect("done");
  });
}

async function throughChannel(how: "many" | "each", count: number, size: number): Promise<number> {
  using channel = Channel.create(IPC_PRIVATE);
  try {
    await using writer = channel.writer();
    const message = new Uint8Array(size).fill(7);
    return await timedWith([how, `${channel.id}`, `${count}`, `${size}`], async () => {
      for (let i = 0; i < count; i++) await writer.send(message);
      await writer.flush();
    });
  } finally {
    channel.remove();
  }
}

async function throughSocket(count: number, size: number): Promise<number> {
  const folder = await Deno.makeTempDir();
  try {
    using listener = Deno.listen({ transport: "unix", path: `${folder}/socket` });
    const message = new Uint8Array(size).fill(7);
    const accepted = listener.accept();
    return await timedWith(["unix", `${folder}/socket`, `${count * size}`], async () => {
      using connection = await accepted;
      for (let i = 0; i < count; i++) {
        for (let sent = 0; sent < size;) sent += await connection.write(message.subarray(sent));
      }
      // The other end reads on while this waits for its last word.
      connection.closeWrite();
    });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Messages a second. */
function contenders(count: number, size: number): Contender[] {
  const rate = (ms: number) => count / (ms / 1_000);
  return [
    { name: "Unix socket", cost: async () => rate(await throughSocket(count, size)) },
    { name: "receiveMany()", cost: async () => rate(await throughChannel("many", count, size)) },
    { name: "receive()", cost: async () => rate(await throughChannel("each", count, size)) },
  ];
}

export async function channelRows({ rounds, share }: Scale): Promise<Row[]> {
  const small = await sideBySide(contenders(Math.max(100, Math.round(1_000_000 * share)), 64), rounds);
  const large = await sideBySide(contenders(Math.max(10, Math.round(100_000 * share)), 65_536), rounds);
  const gibibytes = (name: string) => summary(large.get(name)!.map((rate) => rate * 65_536 / 2 ** 30));
  const millions = (name: string) => `${(summary(small.get(name)!).median / 1e6).toFixed(2)} million a second`;
  const socket = `by the socket ${millions("Unix socket")}`;
  return [
    {
      what: "messages of 64 bytes between two Denos, Channel with receiveMany() in terms of a Unix socket",
      measured: ratio(small, "receiveMany()", "Unix socket"),
      unit: "times",
      goal: { least: 5 },
      note: `${millions("receiveMany()")}, ${socket}`,
    },
    {
      what: "the same with receive(), one by one",
      measured: ratio(small, "receive()", "Unix socket"),
      unit: "times",
      note: `${millions("receive()")}, ${socket}`,
    },
    {
      what: "messages of 64 KiB between two Denos, Channel, received into memory of the reader's",
      measured: gibibytes("receive()"),
      unit: "GiB/s",
      goal: { least: 3 },
    },
    {
      what: "the same, each in memory of its own",
      measured: gibibytes("receiveMany()"),
      unit: "GiB/s",
    },
    { what: "the same by a Unix socket", measured: gibibytes("Unix socket"), unit: "GiB/s" },
  ];
}
