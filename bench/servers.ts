/** Servers beside Deno's own loop, Perl's Net::Server::PreFork and node:cluster; and a forking one beside the spawn of its program. */
import { readLines } from "../lib/core/mod.ts";
import { spawn } from "../lib/processes/mod.ts";
import { libc } from "../ffi/libc.ts";
import type { Scale } from "./main.ts";
import { median, summary, timedAsync } from "./measure.ts";
import { compiled, numberFrom, textOf } from "./peers.ts";
import { type Goal, notMeasured, type Row } from "./report.ts";

/** Nanoseconds that a connection takes, and how many of the processor's its server. */
interface Cost {
  readonly wall: number;
  readonly processor: number;
}

/** A server that is under way. */
interface Peer extends AsyncDisposable {
  readonly name: string;
  readonly port: string;
  readonly pid: number;
}

/** Milliseconds of work before a greeting, where the processor is to be busy. */
const WORK = 1.2;
/** Connections at a time. */
const ABREAST = 8;
const TURNS = 15;
/** Programs that one after the other are spawned, or have a connection. */
const TURN = 20;

const FOLDER = new URL(".", import.meta.url).pathname;
const FLAGS = ["--no-config", "--no-check", "--no-prompt", "--quiet", "--allow-net", "--allow-read", "--allow-run"];

/** What runs servers_program.ts. */
function program(...args: readonly string[]): [string, ...string[]] {
  const ffi = `--allow-ffi=${libc().path}`;
  return [Deno.execPath(), "run", ...FLAGS, "--allow-env", ffi, `${FOLDER}servers_program.ts`, ...args];
}

/** A server, there for as long as the block: its first line is its port. */
async function started(name: string, command: [string, ...string[]]): Promise<Peer> {
  const child = spawn(command, { stdout: "piped" });
  for await (const port of readLines(child.stdout)) {
    return { name, port, pid: child.pid, [Symbol.asyncDispose]: () => child[Symbol.asyncDispose]() };
  }
  throw new Error(`${command.join(" ")} has not begun`);
}

/** Have clients connect to each of `peers` in turns: the medians of each round, by name. */
function inRounds(client: string, peers: readonly Peer[], connections: number, { rounds, share }: Scale) {
  const count = Math.max(ABREAST, Math.round(connections * share));
  const ask = ({ port, pid }: Peer, connections: number): Cost => {
    const [wall, processor] = textOf([client, port, `${connections}`, `${ABREAST}`, `${pid}`]).split(" ").map(Number);
    return { wall: wall!, processor: processor! };
  };
  // The JIT of each, and what the library compiles for programs that go on.
  for (const peer of peers) ask(peer, 10 * count);
  const turns = Math.max(1, Math.round(TURNS * share));
  return Array.from({ length: rounds }, () => {
    const costs: Record<string, Cost[]> = {};
    for (let turn = 0; turn < turns; turn++) for (const peer of peers) (costs[peer.name] ??= []).push(ask(peer, count));
    return costs;
  });
}

/**
 * How many times as many connections `one` has as `base`, or what it takes of the processor in terms of that: by the median of the
 * turns of each round. By the `quickest` for those that can use every processor, which lose most by what else the machine does.
 */
function compare(
  results: readonly Record<string, readonly Cost[]>[],
  of: keyof Cost,
  [one, base]: readonly [string, string],
  goal?: Goal,
  quickest = false,
): Omit<Row, "what"> {
  const cost = (result: Record<string, readonly Cost[]>, name: string) => {
    const all = result[name]!.map((cost) => cost[of]);
    return quickest ? Math.min(...all) : median(all);
  };
  const µs = (name: string) => (summary(results.map((result) => cost(result, name))).median / 1_000).toFixed(1);
  const ratio = (result: Record<string, readonly Cost[]>) =>
    of === "wall" ? cost(result, base) / cost(result, one) : cost(result, one) / cost(result, base);
  return { measured: summary(results.map(ratio)), unit: "times", goal, note: `${µs(one)} to ${µs(base)} µs` };
}

/** A greeting and nothing else. */
async function greetingRows(client: string, scale: Scale): Promise<Row[]> {
  await using ours = await started("serve()", program("multiplexed", "0"));
  await using bare = await started("Deno.listen", program("bare", "0"));
  const results = inRounds(client, [ours, bare], 400, scale);
  const pair = [ours.name, bare.name] as const;
  return [
    {
      what: "greeting connections a second of a multiplexed server, in terms of a bare loop of Deno.listen",
      ...compare(results, "wall", pair, { least: 1 }),
    },
    {
      what: "what such a connection takes of the processor, in terms of a bare loop of Deno.listen",
      ...compare(results, "processor", pair),
    },
  ];
}

/** Whether `words` end well; not where there is no such program. */
function works([program, ...args]: readonly [string, ...string[]]): boolean {
  try {
    return new Deno.Command(program, { args, stdin: "null", stdout: "null", stderr: "null" }).outputSync().success;
  } catch {
    return false;
  }
}

/** What else has processes that share a socket; nothing to start where the machine lacks it. */
function others(steps: string): { name: string; needs: string; command?: [string, ...string[]] }[] {
  const node = works(["node", "--version"]);
  const perl = works(["perl", "-MNet::Server::PreFork", "-e", "1"]);
  return [
    { name: "node:cluster", needs: "node", command: node ? ["node", `${FOLDER}servers.mjs`, steps] : undefined },
    {
      name: "Net::Server::PreFork",
      needs: "libnet-server-perl",
      command: perl ? ["perl", `${FOLDER}servers.pl`, `${WORK}`] : undefined,
    },
  ];
}

/** A greeting after work. */
async function workRows(client: string, scale: Scale): Promise<Row[]> {
  const steps = `${numberFrom(program("steps", `${WORK}`))}`;
  const what = (name: string) =>
    `connections a second of two pre-forked children, with ${WORK} ms of work each, in terms of ${name}`;
  await using peers = new AsyncDisposableStack();
  const own = ["preforking", "single"].map((name) => ({ name, needs: "", command: program(name, steps) }));
  const wanted = [...own, ...others(steps)];
  const running: Peer[] = [];
  for (const { name, command } of wanted) {
    if (command !== undefined) running.push(peers.use(await started(name, command)));
  }
  const results = inRounds(client, running, 48, scale);
  return wanted.slice(1).map(({ name, needs, command }) => {
    if (command === undefined) return notMeasured(what(name), `needs ${needs}`);
    const goal = { least: name === "single" ? 1.5 : 1 };
    return { what: what(name), ...compare(results, "wall", ["preforking", name], goal, true) };
  });
}

/** Microseconds that `words` take from their spawn to their end. */
async function spawned(words: readonly [string, ...string[]]): Promise<number> {
  const ms = await timedAsync(async () => {
    for (let i = 0; i < TURN; i++) {
      const child = spawn(words, { stdin: "null", stdout: "piped" });
      for await (const _ of child.stdout);
      await child.status;
    }
  });
  return 1_000 * ms / TURN;
}

/** A connection of a forking server, and the same program without one. */
async function forkingRow(client: string, words: readonly [string, ...string[]], scale: Scale): Promise<Row> {
  await using server = await started("forking", program("forking", "0", ...words));
  const turns = Math.max(1, Math.round(TURNS * scale.share));
  const [ours, theirs]: number[][] = [[], []];
  for (let round = 0; round < scale.rounds; round++) {
    const [connections, spawns]: number[][] = [[], []];
    for (let turn = 0; turn < turns; turn++) {
      connections!.push(numberFrom([client, server.port, `${TURN}`, "1"]) / 1_000);
      spawns!.push(await spawned(words));
    }
    ours!.push(median(connections!));
    theirs!.push(median(spawns!));
  }
  return {
    what: `a forking server's connection with \`${words.join(" ")}\`, in terms of spawn() of that`,
    measured: summary(ours!.map((cost, round) => cost / theirs![round]!)),
    unit: "times",
    goal: { most: 1.2 },
    note: `${median(ours!).toFixed(0)} to ${median(theirs!).toFixed(0)} µs`,
  };
}

export async function serverRows(scale: Scale): Promise<Row[]> {
  using client = compiled("servers.c");
  return [
    ...await greetingRows(client.path, scale),
    ...await workRows(client.path, scale),
    await forkingRow(client.path, ["sh", "-c", "date"], scale),
    await forkingRow(client.path, ["/bin/true"], scale),
  ];
}
