/** Reading a connection: bytes, lines, records, messages. */
import { isSoonReady, READABLE, withTurn } from "../../ffi/reactor.ts";
import { checkLimit, type WaitOptions } from "../core/limit.ts";
import type { LineOptions, RecordOptions } from "../core/records.ts";
import { checkOpen, ConnectionBase, partsOf, takeTurn } from "./connection_base.ts";
import { DOT, unstuffed } from "./dot_lines.ts";
import { dotForm, lineForm, markForm, recordForm } from "./record_forms.ts";
import type { LineInput, RecordForm } from "./line_input.ts";

/** How a line is read, and when to give up. */
export interface ReadLineOptions extends WaitOptions, LineOptions {}
/** How a record is read, and when to give up. */
export interface ReadRecordOptions extends WaitOptions, RecordOptions {}

/** How a message that ends with a lone dot is read, and when to give up. */
export interface ReadDotLinesOptions extends WaitOptions {
  /**
   * How many bytes the whole message may have.
   * @default {67_108_864}
   */
  maxLength?: number;
  /**
   * Whether CRLF alone ends a line, as RFC 5321 asks of who takes mail from strangers: a lone LF stays in its line. Otherwise
   * the two programs may differ on where a message ends.
   * @default {false}
   */
  strict?: boolean;
}

/** How all is read, and when to give up. */
export interface ReadAllOptions extends WaitOptions {
  /** How many bytes there may be. @default {Infinity} */
  maxLength?: number;
}

/** The next record, or what is left at the end. */
async function nextRecord(input: LineInput, form: RecordForm, options: WaitOptions): Promise<string | null> {
  return await input.readRecord(form, options) ?? input.takeRest(form) ?? null;
}

/**
 * The half of a connection that reads. Every call has its turn, in the order of the calls. What has come and was not asked for
 * waits in a buffer; what fails or is given up takes nothing, so that the next call finds all that has come. A connection
 * that the peer has reset is an error with `ECONNRESET`, once, after what came before it.
 *
 * Text is UTF-8; what is none becomes U+FFFD.
 *
 * @example
 * ```ts
 * import { Connection, type ConnectionReader, socket } from "@vasty/vasty";
 *
 * async function headers(from: ConnectionReader): Promise<string[]> {
 *   const found = [];
 *   for await (const line of from.readLines({ timeout: 5_000 })) {
 *     if (line === "") break;
 *     found.push(line);
 *   }
 *   return found;
 * }
 * using listener = socket("PF_INET", "SOCK_STREAM");
 * listener.bind({ hostname: "127.0.0.1", port: 0 });
 * listener.listen();
 * const one = socket("PF_INET", "SOCK_STREAM");
 * await one.connect(listener.getsockname());
 * using client = new Connection(one);
 * using server = new Connection((await listener.accept()).socket);
 * await client.print("Length: 4\r\n\r\nbody");
 * console.assert((await headers(server)).join() === "Length: 4");
 * console.assert(new TextDecoder().decode(await server.readBytes(4)) === "body");
 * ```
 */
export class ConnectionReader extends ConnectionBase {
  /** How long a line or a record may be, in UTF-16 units, where its call does not say. @default {16_777_216} */
  maxLineLength: number | undefined;

  /**
   * Read what has come, waiting for at least a byte.
   *
   * @param target Where to; it must not be transferred before the promise has settled.
   * @param options When to give up.
   * @returns How many bytes; `null` at the end.
   * @throws {SyscallError} `ECONNRESET` once if the peer has reset the connection, `ETIMEDOUT` if it does not answer any more.
   * @throws {TypeError} if `target` is no Uint8Array.
   * @throws {RangeError} if `timeout` is none.
   * @throws {ClosedError} if the connection was closed, or is closed meanwhile.
   * @throws the signal's reason, or a `DOMException` named "TimeoutError".
   * @see recv(2)
   */
  read(target: Uint8Array<ArrayBuffer>, options?: WaitOptions): Promise<number | null> {
    const now = options === undefined ? this.#readNow(target) : undefined;
    return now ?? this.#read(target, options ?? {});
  }

  /** Most reads find something, and need nothing of what a wait does. */
  #readNow(target: Uint8Array<ArrayBuffer>): Promise<number | null> | undefined {
    const { input, reading } = partsOf(this);
    if (this.closed || !reading.idle || !(target instanceof Uint8Array)) return undefined;
    try {
      let count = input.readNow(target);
      if (count === undefined && isSoonReady(this.fd.number, READABLE)) count = input.readNow(target);
      return count === undefined
        ? undefined
        : Promise.resolve(withTurn(count === 0 && target.length > 0 ? null : count, count));
    } catch (error) {
      return Promise.reject(error);
    }
  }

  async #read(target: Uint8Array<ArrayBuffer>, options: WaitOptions): Promise<number | null> {
    if (!(target instanceof Uint8Array)) throw new TypeError("Reading takes a Uint8Array");
    const count = await takeTurn(this, "reading", options, ({ input }, options) => input.read(target, options));
    return count === 0 && target.length > 0 ? null : count;
  }

  /**
   * Read exactly so many bytes, as Perl's `read` does.
   *
   * @param length How many.
   * @param options When to give up.
   * @returns The bytes; fewer at the end alone.
   * @throws {RangeError} if `length` is no integer from 0 on.
   * @throws as {@linkcode ConnectionReader.read} does.
   */
  async readBytes(length: number, options: WaitOptions = {}): Promise<Uint8Array<ArrayBuffer>> {
    if (!Number.isSafeInteger(length) || length < 0) {
      throw new RangeError(`The number of bytes to read is an integer from 0 on, not ${length}`);
    }
    return await takeTurn(this, "reading", options, ({ input }, options) => input.readBytes(length, options));
  }

  /**
   * Read all that comes until the end.
   *
   * @param options How much there may be, and when to give up.
   * @returns The bytes.
   * @throws {RangeError} if there are more than `maxLength`; they can still be read.
   * @throws as {@linkcode ConnectionReader.read} does.
   */
  async readAll(options: ReadAllOptions = {}): Promise<Uint8Array<ArrayBuffer>> {
    const { maxLength = Infinity } = options;
    if (!(maxLength >= 0)) throw new RangeError(`maxLength must be a number from 0 on: ${maxLength}`);
    return await takeTurn(this, "reading", options, ({ input }, options) => input.readAll(maxLength, options));
  }

  /**
   * Read a line. LF ends it, or CRLF; at the end of the connection what is left counts as a line.
   *
   * @param options How long it may be, and when to give up.
   * @returns The line without its end; `null` if there is none any more.
   * @throws {RangeError} if it is longer than `maxLength`; it can still be read.
   * @throws as {@linkcode ConnectionReader.read} does.
   */
  readLine(options: ReadLineOptions = {}): Promise<string | null> {
    return this.#next(lineForm, options);
  }

  /**
   * Read the lines that come, as {@linkcode ConnectionReader.readLine} does. Leaving the loop leaves the connection as it is,
   * with what was not read.
   *
   * @param options How long one may be, and how long one may take.
   * @returns The lines.
   * @throws as {@linkcode ConnectionReader.readLine} does.
   */
  async *readLines(options: ReadLineOptions = {}): AsyncGenerator<string, void> {
    for (let line; (line = await this.readLine(options)) !== null;) yield line;
  }

  /**
   * Read a record, Perl's `$/`: what comes before a separator. At the end of the connection what is left counts as one.
   *
   * @param options What separates them, how long one may be, and when to give up.
   * @returns The record without its separator; `null` if there is none any more.
   * @throws {TypeError} if the separator is empty, or no string.
   * @throws {RangeError} if it is longer than `maxLength`; it can still be read.
   * @throws as {@linkcode ConnectionReader.read} does.
   */
  readRecord(options: ReadRecordOptions = {}): Promise<string | null> {
    return this.#next(recordForm, options);
  }

  /**
   * Read the records that come, as {@linkcode ConnectionReader.readRecord} does. Leaving the loop leaves the connection as it is.
   *
   * @param options What separates them, how long one may be, and how long one may take.
   * @returns The records.
   * @throws as {@linkcode ConnectionReader.readRecord} does.
   */
  async *readRecords(options: ReadRecordOptions = {}): AsyncGenerator<string, void> {
    for (let record; (record = await this.readRecord(options)) !== null;) yield record;
  }

  async #next(formOf: (options: RecordOptions) => RecordForm, options: ReadRecordOptions): Promise<string | null> {
    const form = formOf(options.maxLength === undefined ? { ...options, maxLength: this.maxLineLength } : options);
    checkLimit(options);
    checkOpen(this);
    const { input, reading } = partsOf(this);
    // A line that has come already is nobody else's.
    const record = reading.idle ? input.takeRecord(form) : undefined;
    if (record !== undefined) return record;
    return await takeTurn(this, "reading", options, ({ input }, options) => nextRecord(input, form, options));
  }

  /**
   * Read up to a mark, such as a prompt, which no line end follows.
   *
   * @param mark What to wait for: `"login: "`.
   * @param options How long what comes before may be, and when to give up.
   * @returns What came before the mark, which is taken too.
   * @throws {Deno.errors.UnexpectedEof} if the end comes first; what came can still be read.
   * @throws {TypeError} if the mark is empty, or no string.
   * @throws {RangeError} if what comes before is longer than `maxLength`; it can still be read.
   * @throws as {@linkcode ConnectionReader.read} does.
   */
  async readUntil(mark: string, options: ReadLineOptions = {}): Promise<string> {
    const form = markForm(mark, { maxLength: options.maxLength ?? this.maxLineLength });
    return await takeTurn(this, "reading", options, async ({ input }, options) => {
      return await input.readRecord(form, options) ?? tooEarly(JSON.stringify(mark), input);
    });
  }

  /**
   * Read a message that ends with a lone dot in a line, as SMTP, POP3 and NNTP have them. Nothing is taken before all of it
   * has come.
   *
   * @param options How long it may be, what ends a line, and when to give up.
   * @returns Its lines; of those that begin with a dot the one is gone that the sender has added.
   * @throws {Deno.errors.UnexpectedEof} if the end comes first; what came can still be read.
   * @throws {RangeError} if it is longer than `maxLength`; it can still be read.
   * @throws as {@linkcode ConnectionReader.read} does.
   * @see RFC 5321, 4.5.2
   */
  async readDotLines(options: ReadDotLinesOptions = {}): Promise<string[]> {
    const form = dotForm(options);
    const isLast = (line: string) => line === DOT;
    const lines = await takeTurn(this, "reading", options, async ({ input }, options) => {
      return await input.readRecords(form, isLast, options) ?? tooEarly("the line with the dot", input);
    });
    return lines.slice(0, -1).map(unstuffed);
  }
}

function tooEarly(what: string, { buffered }: LineInput): never {
  throw new Deno.errors.UnexpectedEof(`The connection has ended before ${what}; ${buffered} bytes are left to be read`);
}
