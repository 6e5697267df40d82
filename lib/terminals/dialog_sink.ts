/** Where the bytes of a dialog go. */
import type { ReadWriteTarget } from "./dialog_target.ts";
import { isEchoOff, isMaster } from "./echo_state.ts";
import { Pty, typeInto } from "./pty.ts";

/** What can be written to. */
export interface DialogSink {
  /** Write all of them. */
  write(bytes: Uint8Array<ArrayBuffer>): Promise<unknown>;
  /**
   * The same where that can go at once: nothing if it has, or else when all of it has gone. What has to wait is copied: the
   * memory of `bytes` may be one that others have a part of.
   */
  begin?(bytes: Uint8Array<ArrayBuffer>): Promise<unknown> | undefined;
  /** Have the other side see the end. */
  sendEof(): Promise<unknown>;
  /** Whether it is a terminal that does not echo, so that what is typed is a secret. */
  isEchoOff?(): boolean;
  /** Nothing is written any more; `idle`: all that was written has gone. */
  close(idle: boolean): void;
}

export function targetSink(target: ReadWriteTarget): DialogSink {
  return {
    write: (bytes) => {
      const writing = target.write(bytes);
      return writing.then((count) => count < bytes.length ? writeRest(target, bytes, count) : undefined);
    },
    sendEof: () => {
      if (target.sendEof) return target.sendEof();
      if (target.closeWrite) return target.closeWrite();
      return Promise.reject(new TypeError("What this dialog writes to has no end of its own"));
    },
    begin: target instanceof Pty && target.write === Pty.prototype.write
      ? (bytes) => typeInto(target, bytes)
      : undefined,
    isEchoOff: echoOf(target),
    close: () => {},
  };
}

/** How to ask whether it does not echo; nothing where it is no terminal. */
function echoOf(target: ReadWriteTarget): (() => boolean) | undefined {
  if (target.isEchoOff) return () => target.isEchoOff!();
  return isMaster(target) ? () => isEchoOff(target) : undefined;
}

/** Deno's own connections write as much as there is room for. */
async function writeRest(target: ReadWriteTarget, bytes: Uint8Array<ArrayBuffer>, from: number): Promise<void> {
  for (let at = from; at < bytes.length;) at += await target.write(bytes.subarray(at));
}

/** A stream; it is locked with the first that is sent, so that a dialog that only reads needs no writer. */
export function streamSink(stream: WritableStream<Uint8Array<ArrayBuffer>>): DialogSink {
  if (stream.locked) throw new TypeError("What a dialog writes to is locked to a writer");
  let writer: WritableStreamDefaultWriter<Uint8Array<ArrayBuffer>> | undefined;
  const open = () => writer ??= stream.getWriter();
  return {
    write: (bytes) => open().write(bytes),
    sendEof: () => open().close(),
    close: (idle) => {
      // What was closed already, or is broken, has nothing left to say.
      (idle ? open().close() : open().abort()).catch(() => {});
    },
  };
}

/** Of what can only be read. */
export function noSink(): DialogSink {
  const refuse = () =>
    Promise.reject(
      new TypeError(`This dialog can only be read: nothing to write to was given (of a child, stdin: "piped")`),
    );
  return { write: refuse, sendEof: refuse, close: () => {} };
}
