/** What a dialog can be held with. */
import { type DialogSink, noSink, streamSink, targetSink } from "./dialog_sink.ts";
import { type DialogSource, streamSource, targetSource } from "./dialog_source.ts";

/** Something that reads into memory and writes from it: a connection, a terminal, `Deno.Conn`. */
export interface ReadWriteTarget {
  /**
   * Read what has come, waiting for at least a byte.
   * @param target Where to.
   * @returns How many bytes; `null` at the end.
   */
  read(target: Uint8Array<ArrayBuffer>): Promise<number | null>;
  /**
   * Write bytes, all of them or as many as there is room for.
   * @param bytes What to write.
   * @returns How many went.
   */
  write(bytes: Uint8Array<ArrayBuffer>): Promise<number>;
  /** Send the character that a terminal takes for the end. */
  sendEof?(): Promise<unknown>;
  /** Close a connection in this direction. */
  closeWrite?(): Promise<unknown>;
  /** Whether a terminal does not echo. */
  isEchoOff?(): boolean;
}

/**
 * What a dialog can be held with: what reads and writes, two streams (of a socket, of FIFOs, or any others), a child whose
 * pipes they are, or a stream that can only be read.
 */
export type DialogTarget =
  | ReadWriteTarget
  | {
    readonly readable: ReadableStream<Uint8Array<ArrayBuffer>>;
    readonly writable?: WritableStream<Uint8Array<ArrayBuffer>>;
  }
  | {
    readonly stdout: ReadableStream<Uint8Array<ArrayBuffer>>;
    readonly stdin: WritableStream<Uint8Array<ArrayBuffer>>;
  };

/** What a target may have besides. */
interface Owner extends Partial<Disposable & AsyncDisposable> {
  close?(): unknown;
}

/** A target that was taken over. */
export interface OpenTarget {
  source: DialogSource;
  sink: DialogSink;
  /** Close all of it; `idle`: nothing is being written. */
  close(idle: boolean): Promise<void>;
}

/** @throws {TypeError} if it is nothing of that, or a stream of it is locked. */
export function openTarget(target: DialogTarget): OpenTarget {
  const { source, sink } = endsOf(target);
  const close = async (idle: boolean) => {
    sink.close(idle);
    // A stream that has failed was closed by that.
    await source.close().catch(() => {});
    await closeOwner(target as Owner, idle);
  };
  return { source, sink, close };
}

function endsOf(target: DialogTarget): { source: DialogSource; sink: DialogSink } {
  if (typeof target !== "object" || target === null) throw noTarget(target);
  if ("read" in target && "write" in target) return { source: targetSource(target), sink: targetSink(target) };
  if ("readable" in target) {
    const { readable, writable } = target;
    return { source: streamSource(readable), sink: writable === undefined ? noSink() : streamSink(writable) };
  }
  if (!("stdout" in target)) throw noTarget(target);
  return { source: streamSource(target.stdout), sink: stdinOf(target) };
}

function noTarget(target: unknown): TypeError {
  const given = Deno.inspect(target, { depth: 0, compact: true });
  return new TypeError(`A dialog is held with a pty, a connection or a child, which can be read, not with ${given}`);
}

/** A child's standard input need not be a pipe. */
function stdinOf(child: { readonly stdin: WritableStream<Uint8Array<ArrayBuffer>> }): DialogSink {
  let stdin;
  try {
    stdin = child.stdin;
  } catch {
    return noSink();
  }
  return streamSink(stdin);
}

/** A connection would wait until a peer that does not read has got everything; so it is closed first. */
async function closeOwner(owner: Owner, idle: boolean): Promise<void> {
  if (!idle) close(owner);
  if (owner[Symbol.asyncDispose]) await owner[Symbol.asyncDispose]!();
  else if (owner[Symbol.dispose]) owner[Symbol.dispose]!();
  else if (idle) close(owner);
}

/** Deno's own throw where they are closed already. */
function close(owner: Owner): void {
  try {
    owner.close?.();
  } catch (error) {
    if (!(error instanceof Deno.errors.BadResource)) throw error;
  }
}
