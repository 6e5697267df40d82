/** Sockets beside Deno's and Node's: a connection, a round trip, datagrams, throughput. */
import { readLines } from "../lib/core/mod.ts";
import { spawn } from "../lib/processes/mod.ts";
import { libc } from "../ffi/libc.ts";
import type { Scale } from "./main.ts";
import { summary } from "./measure.ts";
import { compiled, textOf } from "./peers.ts";
import type { Goal, Row } from "./report.ts";

type Results = Record<"dialog" | "roundTrip" | "datagram" | "transfer", Record<string, number>>;

/** The first line of a server, which is there for as long as the block. */
async function server(words: [string, ...string[]]): Promise<AsyncDisposable & { said: string }> {
  const child = spawn(words, { stdout: "piped" });
  for await (const said of readLines(child.stdout)) {
    return { said, [Symbol.asyncDispose]: () => child[Symbol.asyncDispose]() };
  }
  throw new Error(`${words.join(" ")} has not begun`);
}

/** In a fresh process each: Deno's datagrams need a flag. */
async function measured({ rounds, share }: Scale): Promise<Results[]> {
  using peer = compiled("sockets.c");
  const folder = peer.path.replace(/\/[^/]*$/, "");
  const [source, sink] = [`${folder}/source`, `${folder}/sink`];
  await using tcp = await server([peer.path, "tcp"]);
  await using udp = await server([peer.path, "udp"]);
  await using _source = await server([peer.path, "source", source]);
  await using _sink = await server([peer.path, "sink", sink]);
  const program = new URL("sockets_program.ts", import.meta.url).pathname;
  const flags = ["--no-config", "--no-check", "--no-prompt", "--quiet", "--unstable-net", "--allow-net"];
  const allowed = ["--allow-read", "--allow-write", `--allow-ffi=${libc().path}`];
  const scale = [120, 1_024].map((count) => `${Math.max(3, Math.round(count * share))}`);
  const command = [Deno.execPath(), "run", ...flags, ...allowed, program, tcp.said, udp.said, source, sink, ...scale];
  return Array.from({ length: rounds }, () => JSON.parse(textOf(command)) as Results);
}

/** `one` in terms of `base`. */
function compare(results: readonly Results[], of: keyof Results, one: string, base: string, goal?: Goal) {
  const all = results.map((result) => result[of]);
  const µs = (name: string) => summary(all.map((costs) => costs[name]!)).median;
  const ratio = summary(all.map((costs) => costs[one]! / costs[base]!));
  return { measured: ratio, unit: "times", goal, note: `${µs(one).toFixed(1)} to ${µs(base).toFixed(1)} µs` };
}

/** How much faster `direction` is than with Deno. */
function rate(results: readonly Results[], direction: string, mebibytes: number, goal?: Goal): Omit<Row, "what"> {
  const all = results.map(({ transfer }) => transfer);
  const gibibytes = summary(all.map((ms) => mebibytes / 1.024 / ms[`${direction}, connect()`]!)).median;
  const ratio = summary(all.map((ms) => ms[`${direction}, Deno.connect`]! / ms[`${direction}, connect()`]!));
  return { measured: ratio, unit: "times", goal, note: `${gibibytes.toFixed(1)} GiB/s` };
}

export async function socketRows(scale: Scale): Promise<Row[]> {
  const results = await measured(scale);
  const mebibytes = Math.max(3, Math.round(1_024 * scale.share));
  const most: Goal = { most: 1 };
  return [
    {
      what: "a TCP connection, a request of 64 bytes and its answer, connect() in terms of Deno.connect",
      ...compare(results, "dialog", "connect()", "Deno.connect", most),
    },
    {
      what: "a request and its answer over an open TCP connection, in terms of Deno.connect's",
      ...compare(results, "roundTrip", "connect()", "Deno.connect"),
    },
    {
      what: "a UDP datagram and its answer, listenDatagram() in terms of Deno.listenDatagram",
      ...compare(results, "datagram", "listenDatagram()", "Deno.listenDatagram", most),
    },
    {
      what: "a UDP datagram and its answer, listenDatagram() in terms of node:dgram",
      ...compare(results, "datagram", "listenDatagram()", "node:dgram", most),
    },
    {
      what: "reading the stream of a Unix socket (readable), rate in terms of Deno.connect's",
      ...rate(results, "stream", mebibytes, { least: 1.3 }),
    },
    {
      what: "reading from a Unix socket into a reused buffer, rate in terms of Deno.connect's",
      ...rate(results, "reading", mebibytes),
    },
    {
      what: "writing to a Unix socket, rate in terms of Deno.connect's",
      ...rate(results, "writing", mebibytes),
    },
  ];
}
