/** Terminals and dialogs beside C, Expect.pm, Tcl's Expect, pexpect and node-pty: a line to cat and back, volume, looking for a pattern. */
import { readLines } from "../lib/core/mod.ts";
import { spawn } from "../lib/processes/mod.ts";
import { libc } from "../ffi/libc.ts";
import type { Scale } from "./main.ts";
import { median, summary } from "./measure.ts";
import { compiled, textOf } from "./peers.ts";
import { type Goal, notMeasured, type Row } from "./report.ts";

/** A program that measures itself: it is told what, and says how many nanoseconds that took. */
interface Peer extends AsyncDisposable {
  ask(question: string): Promise<number>;
}

/** What is compared: by whom it is done, and what that is told. */
interface Contender {
  readonly name: string;
  readonly peer: Peer;
  readonly question: string;
}

/** The nanoseconds of each turn of each round, by name. */
type Rounds = readonly Readonly<Record<string, readonly number[]>>[];

const FOLDER = new URL(".", import.meta.url).pathname;
const FLAGS = ["--no-config", "--no-check", "--no-prompt", "--quiet", "--allow-read", "--allow-write", "--allow-run"];
const PYTHON = "/usr/bin/python3";
const NODE_PTY = "@lydell/node-pty@1.1.0";
const C = "C";
/** How many trips make a turn: so few that what the kernel does with the processors mostly stays as it is for one. */
const TRIPS = 100;
const TURNS = 75;
const MEBIBYTES = 64;
const POURS_A_ROUND = 3;
const MATCHES_A_ROUND = 3;

/** A program of this folder, there for as long as the block. */
function started(command: readonly string[]): Peer {
  const child = spawn(command as [string, ...string[]], { stdin: "piped", stdout: "piped" });
  const answers = readLines(child.stdout);
  const writer = child.stdin.getWriter();
  return {
    ask: async (question) => {
      await writer.write(new TextEncoder().encode(`${question}\n`));
      const { done, value } = await answers.next();
      if (done) throw new Error(`${command.join(" ")} has ended`);
      return Number(value);
    },
    [Symbol.asyncDispose]: async () => {
      await writer.close();
      await child[Symbol.asyncDispose]();
    },
  };
}

/** Whether `words` end well; not where there is no such program. */
function works(words: readonly string[]): boolean {
  try {
    textOf(words);
    return true;
  } catch {
    return false;
  }
}

/** Those that the machine may lack. */
const OTHERS: Record<string, { needs: string; test: string[]; command: string[] }> = {
  "Expect.pm": {
    needs: "libexpect-perl",
    test: ["perl", "-MExpect", "-e", "1"],
    command: ["perl", `${FOLDER}terminals.pl`],
  },
  "Tcl's Expect": { needs: "expect", test: ["expect", "-v"], command: ["expect", "-f", `${FOLDER}terminals.tcl`] },
  "pexpect": {
    needs: "python3-pexpect",
    test: [PYTHON, "-c", "import pexpect"],
    command: [PYTHON, `${FOLDER}terminals.py`],
  },
};

/** Everybody who is there, for as long as `peers`. */
function everybody(peers: AsyncDisposableStack): Map<string, Peer> {
  const found = new Map<string, Peer>();
  const use = (name: string, command: readonly string[]) => found.set(name, peers.use(started(command)));
  use(C, [peers.use(compiled("terminals.c")).path]);
  use("vasty", [
    Deno.execPath(),
    "run",
    ...FLAGS,
    "--allow-env",
    `--allow-ffi=${libc().path}`,
    `${FOLDER}terminals_program.ts`,
  ]);
  for (const [name, { test, command }] of Object.entries(OTHERS)) if (works(test)) use(name, command);
  const folder = Deno.makeTempDirSync();
  peers.defer(() => Deno.removeSync(folder, { recursive: true }));
  if (
    works(["npm", "install", "--no-save", "--no-audit", "--no-fund", "--fetch-retries=0", "--prefix", folder, NODE_PTY])
  ) {
    use("node-pty", ["node", `${FOLDER}terminals.mjs`, folder]);
  }
  return found;
}

/** Have each of `contenders` do its work in short turns. */
async function inRounds(contenders: readonly Contender[], turns: number, rounds: number): Promise<Rounds> {
  const results: Record<string, number[]>[] = [];
  // What is compiled while it runs is compiled in the first round, which does not count.
  for (let round = 0; round <= rounds; round++) {
    const costs: Record<string, number[]> = {};
    for (let turn = 0; turn < turns; turn++) {
      for (const { name, peer, question } of contenders) (costs[name] ??= []).push(await peer.ask(question));
    }
    if (round > 0) results.push(costs);
  }
  return results;
}

/**
 * What `one` takes in terms of `base`, each by its quickest turn of a round: on which processors the kernel puts two programs
 * that wait for each other makes a line take four times as long or not, for all of them alike.
 */
function times(rounds: Rounds, [one, base]: readonly [string, string], goal?: Goal): Omit<Row, "what"> {
  const quickest = (costs: Rounds[number], name: string) => Math.min(...costs[name]!);
  const µs = (name: string) => (median(rounds.map((costs) => quickest(costs, name))) / 1_000).toFixed(1);
  const measured = summary(rounds.map((costs) => quickest(costs, one) / quickest(costs, base)));
  return { measured, unit: "times", goal, note: `${µs(one)} to ${µs(base)} µs` };
}

/** A line and its answer. */
async function tripRows(everybody: ReadonlyMap<string, Peer>, { rounds, share }: Scale): Promise<Row[]> {
  const count = Math.max(3, Math.round(TRIPS * share));
  const ours: Record<string, string> = {
    "Pty": "bare",
    "Expect": "string",
    "Expect with a regular expression": "regexp",
  };
  const contenders = Object.entries(ours).map(([name, way]) => (
    { name, peer: everybody.get("vasty")!, question: `trip ${way} ${count}` }
  ));
  for (const [name, peer] of everybody) {
    if (name !== "vasty") contenders.push({ name, peer, question: `trip string ${count}` });
  }
  const results = await inRounds(contenders, Math.max(1, Math.round(TURNS * share)), rounds);
  const what = (one: string, base: string) => `a line to cat through a terminal and back, ${one} in terms of ${base}`;
  const rows = Object.keys(ours).map((name): Row => (
    { what: what(name, C), ...times(results, [name, C], { most: 2 }) }
  ));
  // node-pty looks for nothing in what comes: it is a peer of the terminal alone, and of a dialog as far as that is as quick.
  const [others, nodePty] = peerNeeds();
  const pairs = [...others.map((peer) => ["Expect", ...peer]), ["Pty", ...nodePty], ["Expect", ...nodePty]];
  for (const [one, name, needs] of pairs as [string, string, string][]) {
    const measured = everybody.has(name);
    rows.push(
      measured
        ? { what: what(one, name), ...times(results, [one, name], { most: 1 }) }
        : notMeasured(what(one, name), `needs ${needs}`),
    );
  }
  return rows;
}

/** Those that the machine may lack, and what they need. */
function peerNeeds(): [dialogs: [name: string, needs: string][], nodePty: [name: string, needs: string]] {
  const dialogs = Object.entries(OTHERS).map(([name, { needs }]): [string, string] => [name, needs]);
  return [dialogs, ["node-pty", `node and npm's ${NODE_PTY}`]];
}

/** Volume, by the middle turn of each round: a turn is so long that whatever the kernel does with the processors happens in it. */
async function pourRows(everybody: ReadonlyMap<string, Peer>, { rounds, share }: Scale): Promise<Row[]> {
  const mebibytes = Math.max(1, Math.round(MEBIBYTES * share));
  const ours: Record<string, string> = { "Pty.read": "read", "Pty.readable": "readable", "Expect": "expect" };
  const contenders = Object.entries(ours).map(([name, way]) => (
    { name, peer: everybody.get("vasty")!, question: `pour ${way} ${mebibytes}` }
  ));
  for (const name of [C, "node-pty"]) {
    const peer = everybody.get(name);
    if (peer !== undefined) contenders.push({ name, peer, question: `pour _ ${mebibytes}` });
  }
  const results = await inRounds(contenders, Math.max(1, Math.round(POURS_A_ROUND * share)), rounds);
  const row = (one: string, base: string, least: number): Row => {
    const what = `${mebibytes} MiB out of a terminal, rate of ${one} in terms of ${base}`;
    if (!everybody.has(base)) return notMeasured(what, `needs node and npm's ${NODE_PTY}`);
    const middle = (name: string) => results.map((costs) => median(costs[name]!));
    const rate = (name: string) => (1e9 * 1.048576 * mebibytes / median(middle(name))).toFixed(0);
    const bases = middle(base);
    const measured = summary(middle(one).map((cost, round) => bases[round]! / cost));
    return { what, measured, unit: "times", goal: { least }, note: `${rate(one)} to ${rate(base)} MB/s` };
  };
  return [...Object.keys(ours).map((name) => row(name, C, 0.9)), row("Pty.read", "node-pty", 1)];
}

/** A pattern behind much text. A regular expression pexpect looks for in all of it again and again, so that it gets less. */
async function matchRows(everybody: ReadonlyMap<string, Peer>, { rounds, share }: Scale): Promise<Row[]> {
  const rows: Row[] = [];
  for (
    const [way, name, kibibytes] of [["string", "a text", 50_000], ["regexp", "a regular expression", 2_000]] as const
  ) {
    const size = Math.max(100, Math.round(kibibytes * share));
    const what = `looking for ${name} behind ${size} KiB that come in pieces of 4095 bytes, Expect in terms of pexpect`;
    const question = `match ${way} ${size}`;
    const peers = ["vasty", "pexpect"].filter((name) => everybody.has(name));
    const contenders = peers.map((name) => ({ name, peer: everybody.get(name)!, question }));
    const results = await inRounds(contenders, 1, rounds);
    rows.push(
      peers.length > 1
        ? { what, ...times(results, ["vasty", "pexpect"], { most: 1 }) }
        : notMeasured(what, `needs ${OTHERS.pexpect!.needs}`),
    );
  }
  return [...rows, ...await growthRows(everybody.get("vasty")!, { rounds, share })];
}

/** Whether a pattern takes time in proportion to the text: in proportion to its square it would take four times as long for a KiB. */
async function growthRows(peer: Peer, { rounds, share }: Scale): Promise<Row[]> {
  // Shorter ones end before the collector has moved what is kept.
  const sizes = [50_000, 200_000].map((size) => Math.max(100, Math.round(size * share)));
  const rows: Row[] = [];
  for (const [way, name] of [["string", "a text"], ["regexp", "a regular expression"]] as const) {
    const contenders = sizes.map((size) => ({ name: `${size}`, peer, question: `match ${way} ${size}` }));
    const results = await inRounds(contenders, MATCHES_A_ROUND, rounds);
    const each = (size: number) => results.map((costs) => Math.min(...costs[`${size}`]!) / size);
    const [few, many] = sizes.map(each);
    rows.push({
      what: `looking for ${name}, a KiB of ${sizes[1]} in terms of one of ${sizes[0]}`,
      measured: summary(many!.map((cost, round) => cost / few![round]!)),
      unit: "times",
      goal: { most: 1.5 },
      note: `${(median(many!) / 1_000).toFixed(1)} to ${(median(few!) / 1_000).toFixed(1)} µs`,
    });
  }
  return rows;
}

export async function terminalRows(scale: Scale): Promise<Row[]> {
  await using peers = new AsyncDisposableStack();
  const all = everybody(peers);
  return [...await tripRows(all, scale), ...await pourRows(all, scale), ...await matchRows(all, scale)];
}
