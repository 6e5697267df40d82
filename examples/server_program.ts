/** What belongs to every example that serves: its arguments, its lines on standard output, its end. */
import type { Client, ServeOptions, Server, ServerEvent } from "../lib/servers/mod.ts";
import type { SignalName } from "../lib/core/mod.ts";
import { SIG } from "../lib/signals/mod.ts";
import type { SocketAddress } from "../lib/sockets/mod.ts";
import { ctime } from "./ctime.ts";
import { OutputGone, print, UsageError } from "./program.ts";

/** Milliseconds that the look-up of a client's name may take. */
const PATIENCE = 5_000;

/** Where an example serves. */
export interface Place {
  hostname: string;
  port: number;
}

/** A port, as digits. @throws {Error} */
export function portNumber(text: string): number {
  if (/^\d{1,5}$/.test(text) && Number(text) < 65_536) return Number(text);
  throw new Error("invalid port");
}

/** `[--bind ADDRESS] [PORT]`. @throws {UsageError} if there is more. @throws {Error} if the port is none. */
export function placeOf(args: readonly string[], defaultPort: number): Place {
  const rest = [...args];
  let hostname = "0.0.0.0";
  const at = rest.indexOf("--bind");
  if (at >= 0) [, hostname = ""] = rest.splice(at, 2);
  if (hostname === "" || rest.length > 1 || rest[0]?.startsWith("-")) throw new UsageError();
  return { hostname, port: rest[0] === undefined ? defaultPort : portNumber(rest[0]) };
}

/** `IP:PORT`, or a path. */
export function addressText(address: SocketAddress): string {
  if ("path" in address) return address.path;
  const { hostname, port } = address;
  return `${hostname.includes(":") ? `[${hostname}]` : hostname}:${port}`;
}

/** A client's name as far as it is true, and otherwise its address. */
export async function nameOf(client: Pick<Client, "address" | "name">): Promise<string> {
  const { address } = client;
  if ("path" in address) return address.path;
  const { name, checked } = await client.name({ timeout: PATIENCE }).catch(() => ({ name: "", checked: false }));
  return checked ? name : address.hostname;
}

/** What a server tells, and how it ends. */
export class ServerProgram {
  readonly name: string;
  #server: Server | undefined;
  #stopping = false;
  /** Why nothing can be printed. */
  #mute: { error: unknown } | undefined;

  constructor(name: string) {
    this.name = name;
  }

  /** A line of the log. */
  log(text: string): void {
    this.print(`${this.name} ${Deno.pid}: ${text} at ${ctime()}`);
  }

  /**
   * A line of standard output. Where nobody reads it any more the server ends, as others would by SIGPIPE, but after it has served
   * whom it has. No client is refused because a disk is full.
   */
  print(line: string): void {
    if (this.#mute?.error instanceof OutputGone) return;
    try {
      print(line);
      this.#mute = undefined;
    } catch (error) {
      if (this.#mute === undefined && !(error instanceof OutputGone)) {
        console.error(`${this.name}: cannot print: ${(error as Error).message}`);
      }
      this.#mute = { error };
      if (error instanceof OutputGone) this.#stop();
    }
  }

  #stop(): void {
    if (this.#stopping || this.#server === undefined) return;
    this.#stopping = true;
    this.#server.stop();
  }

  /** Has what goes wrong told on standard error, whatever else `options` say. */
  options(options: ServeOptions = {}): ServeOptions {
    const log = ({ kind, message }: ServerEvent) => {
      if (kind === "failed" || kind === "limit") console.error(`${this.name}: ${message}`);
    };
    return { stopTimeout: 2_000, log, ...options };
  }

  /** Logs the births and deaths of children, and tells what goes wrong on standard error. */
  readonly childLog = (event: ServerEvent, log: (text: string) => void = (text) => this.log(text)): void => {
    const { kind, message } = event;
    if (kind === "begat" || kind === "reaped") log(message);
    if (kind === "failed" || kind === "limit") console.error(`${this.name}: ${message}`);
  };

  /**
   * Say that it serves, and where, a line each, which are the first ones, and wait until a signal has stopped it; the second one does so at once. Which was
   * the first?
   *
   * @throws {OutputGone} if it has ended since nobody reads what it prints.
   */
  async run(server: Server, signals: readonly SignalName[] = ["SIGINT", "SIGTERM"]): Promise<SignalName | undefined> {
    let ending: SignalName | undefined;
    this.#server = server;
    // Before anybody knows that it serves, who may end it then.
    for (const signal of signals) {
      SIG[signal] = () => {
        ending ??= signal;
        this.#stopping = true;
        server.stop();
      };
    }
    // TCP and UDP may have the same one.
    const places = new Set(server.addresses.map((place) => "path" in place ? place.path : `port ${place.port}`));
    for (const place of places) this.log(`server started on ${place}`);
    // It was told of before there was anything to stop.
    if (this.#mute?.error instanceof OutputGone) this.#stop();
    await server.finished;
    if (ending === undefined && this.#mute?.error instanceof OutputGone) throw this.#mute.error;
    return ending;
  }
}
