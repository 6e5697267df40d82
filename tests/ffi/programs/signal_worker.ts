/** A Web Worker that handles the signals it is told to, and answers each with its name. */
import { SIG, sigaction } from "../../../lib/signals/mod.ts";

const scope = globalThis as unknown as {
  onmessage: (event: MessageEvent<string[]>) => void;
  postMessage(message: unknown): void;
  close(): void;
};

scope.onmessage = ({ data }) => {
  if (data[0] === "close") return scope.close();
  for (const signal of data) sigaction(signal, (info) => scope.postMessage(info.signal));
  scope.postMessage(`READY ${typeof SIG.USR2}`);
};
