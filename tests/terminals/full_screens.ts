/** Screens of a person that are full. */
import { openPty, type PersonOutput, waitReadable } from "../../mod.ts";

/** Where a person looks, full until `frees` is called; `seen` closes it, and is what was shown. */
export interface FullScreen {
  output: PersonOutput;
  /** Something has been shown, or waits to be. */
  asked: Promise<void>;
  frees(): void;
  seen(): Promise<string>;
}

export function terminalScreen(): FullScreen {
  const pty = openPty({ settings: ["raw", "-echo"] });
  const output = pty.slave;
  const [frees, text] = [Promise.withResolvers<void>(), Promise.withResolvers<string>()];
  const [bytes, decoder] = [new Uint8Array(65_536), new TextDecoder()];
  const read = async () => {
    await frees.promise;
    let seen = "";
    for (let count; (count = await pty.read(bytes)) !== null;) {
      seen += decoder.decode(bytes.subarray(0, count), { stream: true });
    }
    text.resolve(seen);
  };
  read();
  const seen = () => (pty.closeSlave(), text.promise.finally(() => pty.close()));
  return { output, asked: waitReadable(pty.master), frees: frees.resolve, seen };
}

export function streamScreen(): FullScreen {
  const [asked, frees] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const decoder = new TextDecoder();
  let text = "";
  const output = new WritableStream<Uint8Array<ArrayBuffer>>({
    write: async (bytes) => {
      asked.resolve();
      await frees.promise;
      text += decoder.decode(bytes, { stream: true });
    },
  });
  return { output, asked: asked.promise, frees: frees.resolve, seen: async () => (await output.close(), text) };
}

/** It writes a little less than it is asked to. */
export function sinkScreen(): FullScreen {
  const [asked, frees] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const decoder = new TextDecoder();
  let text = "";
  const write = async (bytes: Uint8Array<ArrayBuffer>): Promise<number> => {
    if (text.length > 10_000) asked.resolve();
    if (text.length > 10_000) await frees.promise;
    const count = Math.max(1, bytes.length - 7);
    text += decoder.decode(bytes.subarray(0, count), { stream: true });
    return count;
  };
  return { output: { write }, asked: asked.promise, frees: frees.resolve, seen: () => Promise.resolve(text) };
}
