// permissions: --allow-ffi={libc} --allow-net
/**
 * `fwdport [-s SERVICE] [-l LOCAL] -r REMOTE`: joins each client that comes to LOCAL to a connection of its own to REMOTE, and
 * logs how many bytes went out to REMOTE and came in from there.
 *
 * LOCAL and REMOTE are `HOST`, `HOST:PORT`, `[V6]` or `[V6]:PORT`; one without a port has that of SERVICE. Without LOCAL, and for
 * `:PORT`, it serves at all addresses of IPv4. A port is a number or a service. The long names are --service, --local and --remote.
 *
 * A client that is a connection of its own, as where REMOTE leads back to LOCAL, is broken: it would have no end.
 *
 * Each direction has its own end, which is passed on alone; when one side breaks the connection the other one is reset. Options come
 * in any order, so that Deno is asked for the network as a whole.
 */
import { serve, type StreamHandler } from "../../lib/servers/mod.ts";
import { connect, type Connection, poll, port, type SocketAddress } from "../../lib/sockets/mod.ts";
import { optionsIn } from "../options.ts";
import { run, UsageError } from "../program.ts";
import { addressText, type Place, ServerProgram } from "../server_program.ts";

const program = new ServerProgram("fwdport");

/** Bytes that are under way in one direction of a connection, besides those that the kernel has. */
const ROOM = 128 * 1024;

/** `HOST`, `HOST:PORT`, `[V6]`, `[V6]:PORT` or an address of IPv6 alone; the host may be empty. */
function placeIn(text: string, service: string | undefined): Place {
  const [, six, name, own] = /^(?:\[([^[\]]*:[^[\]]*)\]|([^:[\]]*))(?::([^:[\]]+))?$/.exec(text) ?? [];
  const bare = /^[^[\]]*:[^[\]]*:[^[\]]*$/.test(text) ? text : undefined;
  const [hostname, wanted] = [six ?? name ?? bare, own ?? service];
  if (hostname === undefined || wanted === undefined) throw new UsageError();
  return { hostname, port: port(wanted) };
}

/** Where clients come to, and where they are taken. */
function placesIn(args: string[]): { local: Place; remote: Place } {
  const { words, texts } = optionsIn(args, [], [], ["service|s", "local|l", "remote|r"]);
  const { service, local = "", remote = "" } = texts;
  if (words.length > 0) throw new UsageError();
  const [here, there] = [placeIn(local, service), placeIn(remote, service)];
  if (there.hostname === "" || there.port === 0) throw new UsageError();
  return { local: { ...here, hostname: here.hostname || "0.0.0.0" }, remote: there };
}

/** One end of what is forwarded. That it is lost is seen also while nobody reads it, as when the other side takes nothing. */
class End implements Disposable {
  readonly connection: Connection;
  readonly #lost = new AbortController();
  readonly #over = new AbortController();

  /** `ending`: what else it is lost by. */
  constructor(connection: Connection, ending: AbortSignal) {
    this.connection = connection;
    const { signal } = this.#over;
    ending.addEventListener("abort", () => this.#lost.abort(ending.reason), { once: true, signal });
    // Who has gone without a word is missed after hours, and not never.
    connection.socket.setOption("SO_KEEPALIVE", true);
    this.#watch();
  }

  /** The peer has broken the connection, or the server has ended. That the peer has ended what it sends is neither. */
  get lost(): AbortSignal {
    return this.#lost.signal;
  }

  async #watch(): Promise<void> {
    try {
      const wanted = { source: this.connection, read: false, write: false };
      const { failed } = await poll([wanted], { signal: this.#over.signal });
      if (failed.length > 0) throw this.#gone();
    } catch (error) {
      this.#lost.abort(error);
    }
  }

  #gone(): Error {
    return new Error(`${addressText(this.connection.remoteAddr)} has gone`);
  }

  /** Have the peer see the end. */
  async #end(): Promise<void> {
    try {
      await this.connection.closeWrite();
    } catch {
      // Nobody is left to see it.
      throw this.#gone();
    }
  }

  /** Send all that comes to `to`, and the end behind it. No more is read than `to` takes. */
  async passTo(to: End): Promise<void> {
    const room = new Uint8Array(ROOM);
    for (let count; (count = await this.connection.read(room)) !== null;) {
      // What came before it was lost is not held back, but nothing waits for room any more.
      await to.connection.write(room.subarray(0, count), this.lost.aborted ? { timeout: 0 } : { signal: this.lost });
    }
    await to.#end();
  }

  /** Wait for `way`. @throws what it throws; or why this end was lost, if that comes first. */
  async outlasts(way: Promise<void>): Promise<void> {
    this.lost.throwIfAborted();
    const { promise, reject } = Promise.withResolvers<never>();
    this.lost.addEventListener("abort", () => reject(this.lost.reason), { once: true });
    await Promise.race([way, promise]);
  }

  [Symbol.dispose](): void {
    this.#over.abort();
    this.connection.close();
  }
}

/** Both ways until both have ended, or one end is lost, and then the other one is broken too. */
async function join(near: End, far: End): Promise<void> {
  const [out, back] = [near.passTo(far), far.passTo(near)];
  try {
    await Promise.all([out.then(() => near.outlasts(back)), back.then(() => far.outlasts(out))]);
  } catch (error) {
    for (const { connection } of [near, far]) connection.reset();
    await Promise.allSettled([out, back]);
    throw error;
  }
}

/** Finds what has come round to where it was sent from. */
class Rounds {
  readonly #clients = new Set<string>();
  readonly #own = new Set<string>();

  /** A client, and later its connection to REMOTE, each from where it comes to where: which of the two is known first is open. */
  came({ remoteAddr, localAddr }: Connection): Disposable {
    return this.#add(`${plain(remoteAddr)} ${plain(localAddr)}`, this.#clients, this.#own);
  }

  went({ localAddr, remoteAddr }: Connection): Disposable {
    return this.#add(`${plain(localAddr)} ${plain(remoteAddr)}`, this.#own, this.#clients);
  }

  /** Both addresses: the kernel gives the same port to several connections, as long as they lead to different places. */
  #add(way: string, to: Set<string>, others: Set<string>): Disposable {
    if (others.has(way)) throw new Error("this is a connection of its own, as REMOTE leads back to LOCAL");
    to.add(way);
    return { [Symbol.dispose]: () => void to.delete(way) };
  }
}

/** A listener for both families has clients of IPv4 in the form of IPv6. */
function plain(address: SocketAddress): string {
  return addressText(address).replace(/^\[::ffff:([\d.]+)\]/, "$1");
}

/** Takes each client to `remote`, until `ending`. */
function forwarder(remote: Place, ending: AbortSignal): StreamHandler {
  const rounds = new Rounds();
  return async (client, { address }) => {
    const log = [];
    try {
      using near = new End(client, ending);
      using _came = rounds.came(client);
      using far = new End(await connect({ ...remote, signal: near.lost }), ending);
      using _went = rounds.went(far.connection);
      try {
        await join(near, far);
      } finally {
        log.push(`${far.connection.bytesWritten} bytes out, ${client.bytesWritten} in`);
      }
    } catch (error) {
      log.push((error as Error).message);
    }
    program.log([addressText(address), ...log].join(": "));
  };
}

async function fwdport(args: string[]): Promise<void> {
  const { local, remote } = placesIn(args);
  const ending = new AbortController();
  const server = await serve(local, forwarder(remote, ending.signal), program.options());
  await program.run(server);
  // Its deadline may have come while clients had something under way.
  ending.abort(new Error("The server has ended"));
}

await run({ name: program.name, usage: "[-s SERVICE] [-l LOCAL] -r REMOTE", main: fwdport });
