/** Writing a connection: bytes, text, lines, messages. */
import { withTurn } from "../../ffi/reactor.ts";
import { encodeText } from "../../ffi/text.ts";
import type { WaitOptions } from "../core/limit.ts";
import { type ConnectionBase, type ConnectionParts, partsOf, takeTurn } from "./connection_base.ts";
import { ConnectionReader } from "./connection_reader.ts";
import { dotMessage } from "./dot_lines.ts";
import type { Socket } from "./socket.ts";

/** How a connection writes. */
export interface ConnectionOptions {
  /** Whether everything goes to the kernel at once; see {@linkcode ConnectionWriter.autoflush}. @default {true} */
  autoflush?: boolean;
  /** What `writeLine()` puts behind a line. @default {"\r\n"} */
  lineEnd?: string;
}

function checkedFlag(on: boolean): boolean {
  if (typeof on === "boolean") return on;
  throw new TypeError(`autoflush is true or false, not ${Deno.inspect(on)}`);
}

function checkedEnd(end: string): string {
  if (typeof end === "string" && end !== "") return end;
  throw new TypeError("The end of a line is a string that is not empty");
}

/** What would keep a connection from being made. @throws {TypeError} if an option is not of its type. */
export function checkWriting({ autoflush = true, lineEnd = "\r\n" }: ConnectionOptions): void {
  checkedFlag(autoflush);
  checkedEnd(lineEnd);
}

/**
 * Send what waits, as far as there is room. Who has a turn has more to say of it.
 */
export function sendRest(connection: ConnectionBase): void {
  const { output, transport, writing } = partsOf(connection);
  if (!writing.idle) return;
  try {
    for (let sent; output.buffered > 0 && (sent = transport.send(output.rest)) !== undefined;) output.drop(sent);
  } catch {
    // The next write meets it as well, if there is one.
  }
}

/**
 * The half of a connection that writes. Every call has its turn, in the order of the calls, so that the lines of two writers
 * never mix. It is done once all of it is with the kernel (without `autoflush`, or in the buffer).
 *
 * A write that was given up (or failed, while the peer is still there) before any of its bytes has gone is forgotten. If some
 * have gone the rest is kept, to go before anything else: the next write, or `flush()`, ends the line that has begun,
 * and only then comes what it was called for. To write the same again would send it twice. Which of the two it was
 * `bytesWritten` tells, which is then more than before; where something had waited already, `flush()` before the write makes sure.
 *
 * A peer that has gone is an error with `EPIPE`, never a signal; that it has reset the connection is for the reader to know.
 *
 * @example
 * ```ts
 * import { Connection, type ConnectionWriter, socket } from "@vasty/vasty";
 *
 * async function greet(to: ConnectionWriter): Promise<void> {
 *   await to.writeLine("220 ready");
 *   await to.print("name: ");
 * }
 * using listener = socket("PF_INET", "SOCK_STREAM");
 * listener.bind({ hostname: "127.0.0.1", port: 0 });
 * listener.listen();
 * const one = socket("PF_INET", "SOCK_STREAM");
 * await one.connect(listener.getsockname());
 * using client = new Connection(one);
 * using server = new Connection((await listener.accept()).socket);
 * await greet(server);
 * console.assert(await client.readLine() === "220 ready");
 * console.assert(await client.readUntil(": ") === "name");
 * ```
 */
export class ConnectionWriter extends ConnectionReader {
  #lineEnd = "\r\n";

  /** @ignore */
  protected constructor(socket: Socket, { autoflush = true, lineEnd = "\r\n" }: ConnectionOptions) {
    super(socket);
    this.lineEnd = lineEnd;
    this.autoflush = autoflush;
  }

  /**
   * As Perl's `$|`: whether everything goes to the kernel before its write is done. Otherwise it is collected until there are
   * 8 KiB, or `flush()`, or the end. To set it sends at once what was collected, as far as there is room; the rest goes
   * before the next write.
   */
  get autoflush(): boolean {
    return partsOf(this).output.autoflush;
  }

  set autoflush(on: boolean) {
    partsOf(this).output.autoflush = checkedFlag(on);
    if (on && !this.closed) sendRest(this);
  }

  /** What `writeLine()` and `writeDotLines()` put behind a line: CRLF, unless it was set. */
  get lineEnd(): string {
    return this.#lineEnd;
  }

  set lineEnd(end: string) {
    this.#lineEnd = checkedEnd(end);
  }

  /**
   * Write bytes, all of them.
   *
   * @param bytes What to write; it must not change before the promise has settled.
   * @param options When to give up.
   * @returns How many bytes there were.
   * @throws {SyscallError} `EPIPE` if the peer has gone, or writing was shut down; `ETIMEDOUT` if it does not answer any more.
   * @throws {TypeError} if it is no Uint8Array.
   * @throws {RangeError} if `timeout` is none.
   * @throws {ClosedError} if the connection was closed, or is closed meanwhile.
   * @throws the signal's reason, or a `DOMException` named "TimeoutError".
   * @see send(2)
   */
  write(bytes: Uint8Array<ArrayBuffer>, options?: WaitOptions): Promise<number> {
    if (!(bytes instanceof Uint8Array)) return Promise.reject(new TypeError("Writing takes a Uint8Array"));
    try {
      const sent = options === undefined ? this.#sendNow(bytes) : 0;
      return sent > 0 && sent === bytes.length
        ? Promise.resolve(withTurn(sent, sent))
        : this.#write(bytes, options ?? {}, sent);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /** Most writes find room, and need nothing of what a wait does. */
  #sendNow(bytes: Uint8Array<ArrayBuffer>): number {
    const { output, writing } = partsOf(this);
    return this.closed || !writing.idle ? 0 : output.sendNow(bytes);
  }

  /**
   * Write text as it is: a prompt, or several lines. Perl's `print`.
   *
   * @param text What to write, as UTF-8.
   * @param options When to give up.
   * @throws {TypeError} if it is no string.
   * @throws as {@linkcode ConnectionWriter.write} does.
   */
  async print(text: string, options: WaitOptions = {}): Promise<void> {
    if (typeof text !== "string") throw new TypeError("Printing takes a string");
    await this.#write(encodeText(text), options);
  }

  /**
   * Write a line, and its end behind it.
   *
   * @param line The line.
   * @param options When to give up.
   * @throws {TypeError} if the line has a CR, an LF or `lineEnd` in it: what was meant as one line would be several to the peer.
   * @throws as {@linkcode ConnectionWriter.write} does.
   */
  async writeLine(line: string, options: WaitOptions = {}): Promise<void> {
    this.#checkLine(line);
    await this.#write(encodeText(line + this.#lineEnd), options);
  }

  /**
   * Write a message of lines that ends with a lone dot. Lines that begin with a dot get one more.
   *
   * @param lines The lines, of which nothing is sent before all have been looked at.
   * @param options When to give up.
   * @throws {TypeError} if one has a CR, an LF or `lineEnd` in it.
   * @throws as {@linkcode ConnectionWriter.write} does.
   * @see RFC 5321, 4.5.2
   */
  async writeDotLines(lines: Iterable<string>, options: WaitOptions = {}): Promise<void> {
    const all = [...lines];
    for (const line of all) this.#checkLine(line);
    await this.#write(encodeText(dotMessage(all, this.#lineEnd)), options);
  }

  /**
   * Send what was collected, and what is left of a write that was given up.
   *
   * @param options When to give up; what has not gone is kept.
   * @throws as {@linkcode ConnectionWriter.write} does.
   */
  async flush(options: WaitOptions = {}): Promise<void> {
    await takeTurn(this, "writing", options, ({ output }, options) => output.flush(options));
  }

  async #write(bytes: Uint8Array<ArrayBuffer>, options: WaitOptions, sent = 0): Promise<number> {
    const turn = ({ output }: ConnectionParts, options: WaitOptions) => output.write(bytes, options, sent);
    await takeTurn(this, "writing", options, turn);
    return bytes.length;
  }

  #checkLine(line: string): void {
    if (typeof line !== "string") throw new TypeError("A line is a string");
    if (!/[\r\n]/.test(line) && !line.includes(this.#lineEnd)) return;
    throw new TypeError(`A line has no line break in it: ${JSON.stringify(line.slice(0, 80))}`);
  }
}
