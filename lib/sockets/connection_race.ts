/** Several addresses of a host are tried, each a little after the one before it, as RFC 8305 says: the first that answers. */
import { SyscallError } from "../core/errors.ts";
import type { Socket } from "./socket.ts";
import type { InetAddress } from "./address.ts";
import type { Tried } from "./connect_error.ts";

/** The longest delay that a timer takes; after anything longer the next try begins when the last one has failed. */
const LONGEST = 2 ** 31 - 1;

/** One try. */
interface Attempt extends Tried {
  readonly address: InetAddress;
  error?: SyscallError;
  socket?: Socket;
}

/** How a try goes. */
export interface Way {
  /** Makes a socket for an address. */
  make(address: InetAddress): Socket;
  /** Connects it; rejects if it cannot, or if it is closed. */
  reach(socket: Socket, address: InetAddress): Promise<void>;
  /** The error when none of them could. */
  failed(tried: readonly Tried[]): Error;
}

/** Addresses in the order in which they are tried: the families take turns, beginning with that of the first. None twice. */
export function interleaved<Address extends { readonly hostname: string; readonly scope?: number | string }>(
  addresses: readonly Address[],
): Address[] {
  const unique = new Map(addresses.map((address) => [`${address.hostname}%${address.scope}`, address]));
  const isSix = ({ hostname }: Address) => hostname.includes(":");
  const { first = [], second = [] } = Object.groupBy(
    unique.values(),
    (address) => isSix(address) === isSix(addresses[0]!) ? "first" : "second",
  );
  const longest = Math.max(first.length, second.length);
  return Array.from({ length: longest }, (_, i) => [first[i], second[i]]).flat().filter((one) => one !== undefined);
}

/** One race; it leaves no socket open but the winner's. */
export class ConnectionRace {
  readonly #left: InetAddress[];
  readonly #delay: number;
  readonly #way: Way;
  readonly #attempts: Attempt[] = [];
  readonly #promised = Promise.withResolvers<Socket>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #over = false;

  /** The next try begins `delay` milliseconds after the last one. */
  constructor(addresses: readonly InetAddress[], delay: number, way: Way) {
    this.#left = [...addresses];
    this.#delay = delay;
    this.#way = way;
  }

  /** What was tried so far. */
  get tried(): readonly Tried[] {
    return this.#attempts;
  }

  /** How many were not tried. */
  get left(): number {
    return this.#left.length;
  }

  /** Begin. @returns The winner. */
  run(): Promise<Socket> {
    this.#next();
    return this.#promised.promise;
  }

  /** End all tries. */
  giveUp(reason: unknown): void {
    if (this.#finish()) this.#promised.reject(reason);
  }

  #next(): void {
    clearTimeout(this.#timer);
    const address = this.#left.shift();
    if (address !== undefined) {
      if (this.#left.length > 0 && this.#delay <= LONGEST) this.#timer = setTimeout(() => this.#next(), this.#delay);
      const attempt: Attempt = { address };
      this.#attempts.push(attempt);
      void this.#try(attempt);
    } else if (this.#attempts.every(({ error }) => error !== undefined)) {
      this.giveUp(this.#way.failed(this.#attempts));
    }
  }

  async #try(attempt: Attempt): Promise<void> {
    try {
      const socket = attempt.socket = this.#way.make(attempt.address);
      await this.#way.reach(socket, attempt.address);
      if (this.#finish(socket)) this.#promised.resolve(socket);
    } catch (error) {
      attempt.socket?.close();
      if (this.#over) return;
      if (!(error instanceof SyscallError)) return this.giveUp(error);
      attempt.error = error;
      // What an earlier one comes to does not hurry the next; but when none is left, it may be the last to fail.
      if (attempt === this.#attempts.at(-1) || this.#left.length === 0) this.#next();
    }
  }

  /** Close all but the winner; whether it is the first time. */
  #finish(winner?: Socket): boolean {
    if (this.#over) {
      winner?.close();
      return false;
    }
    this.#over = true;
    clearTimeout(this.#timer);
    for (const { socket } of this.#attempts) if (socket !== winner) socket?.close();
    return true;
  }
}
