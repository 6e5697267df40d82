/** The forwarder, and what tests have at its ends. */
import { assertEquals } from "../support/mod.ts";
import { readProc } from "../support/proc.ts";
import { OtherEnd } from "../sockets/other_end.ts";
import { alive, childrenOf, exampleCommand, Running } from "./launched.ts";

const DATE = "\\w{3} \\w{3} [ \\d]\\d \\d\\d:\\d\\d:\\d\\d \\d{4}";
const FIRST = new RegExp(`^fwdport (\\d+): server started on port (\\d+) at ${DATE}\n`);

/** A forwarder that runs. */
export class Forwarder {
  readonly running: Running;
  port = "";
  pid = 0;

  private constructor(args: string[]) {
    this.running = new Running(exampleCommand("servers/fwdport", ...args));
  }

  static async start(...args: string[]): Promise<Forwarder> {
    const forwarder = new Forwarder(args);
    const [, pid, port] = FIRST.exec(await forwarder.running.stdout.until(FIRST))!;
    forwarder.port = port!;
    forwarder.pid = Number(pid);
    assertEquals(childrenOf(forwarder.running.child.pid), [forwarder.pid]);
    return forwarder;
  }

  /** One from a port that the kernel chooses to `place`. */
  static to(place: string): Promise<Forwarder> {
    return Forwarder.start("-l", "127.0.0.1:0", "-r", place);
  }

  /** Wait for `count` lines of its log. */
  async logged(count = 1): Promise<string[]> {
    return (await this.running.stdout.until(new RegExp(`^(.*\n){${count + 1}}`))).split("\n").slice(1, count + 1);
  }

  /** How it ends, which a signal has begun; the lines of its log. */
  async end(): Promise<string[]> {
    const { code, stdout, stderr } = await this.running.end();
    assertEquals([code, stderr, alive(this.pid)], [0, "", false]);
    return stdout.split("\n").slice(1, -1);
  }

  /** End it; the lines of its log, without the addresses and dates. */
  async stop(): Promise<string[]> {
    Deno.kill(this.pid, "SIGTERM");
    return (await this.end()).map(bare);
  }
}

/** What a line of the log says besides whom it is about, and when. */
export function bare(line: string): string {
  const [, text] = new RegExp(`^fwdport \\d+: (?:127\\.0\\.0\\.1|\\[::1\\]):\\d+: (.*) at ${DATE}$`).exec(line) ?? [];
  return text?.replaceAll(/127\.0\.0\.1:\d+/g, "PLACE") ?? `other: ${line}`;
}

/** A program in Python that tells its port, and is told that of a forwarder to there. */
export async function between(script: string, ...args: string[]): Promise<{ ends: OtherEnd; forwarder: Forwarder }> {
  const ends = new OtherEnd(["/usr/bin/python3", "-c", script, ...args]);
  const forwarder = await Forwarder.to(`127.0.0.1:${(await ends.prints("\n")).trim()}`);
  await ends.put(`${forwarder.port}\n`);
  return { ends, forwarder };
}

/** Wait until /proc shows a socket of 127.0.0.1 at `port` whose peer, state and queues look like `rest`, or none any more. */
function shown(port: string, rest: string, there = true): void {
  const suffix = Number(port).toString(16).toUpperCase().padStart(4, "0");
  const line = new RegExp(` 0100007F:${suffix} ${rest}`);
  while (line.test(readProc("/proc/net/tcp")) !== there) continue;
}

/** Wait until nobody listens at `port`. */
export function refused(port: string): void {
  shown(port, "00000000:0000 0A", false);
}

/** Wait until a byte has come to a connection at `port` that was not read. */
export function received(port: string): void {
  shown(port, "[0-9A-F]{8}:[0-9A-F]{4} 01 [0-9A-F]{8}:0*[1-9A-F]");
}
