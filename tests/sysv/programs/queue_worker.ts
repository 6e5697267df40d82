/** Starts itself as a Web Worker, which uses a message queue in every way, and prints what that has found. */
import { IPC_PRIVATE, MessageQueue } from "../../../mod.ts";

const scope = globalThis as unknown as {
  onmessage: (event: MessageEvent<number>) => void;
  postMessage(message: unknown): void;
};

/** What a wait comes to that nobody ends. */
async function refused(wait: () => unknown): Promise<string> {
  try {
    await wait();
    return "received";
  } catch (error) {
    return (error as Error).name;
  }
}

async function use(id: number): Promise<unknown[]> {
  using queue = MessageQueue.fromId(id);
  // The main thread answers what comes with type 1.
  await queue.send(1, "waits here");
  const found = [(await queue.receive({ type: 2 })).text()];
  queue.sendSync(1, "blocks here");
  found.push(queue.receiveSync({ type: 2 }).text());
  found.push(
    await refused(() => queue.receive({ timeout: 20 })),
    await refused(() => queue.receiveSync({ timeout: 20 })),
  );
  return found;
}

if ("WorkerGlobalScope" in globalThis) {
  scope.onmessage = async ({ data }) => scope.postMessage(await use(data));
} else {
  using queue = MessageQueue.create(IPC_PRIVATE);
  const worker = new Worker(import.meta.url, { type: "module" });
  const done = Promise.withResolvers<unknown[]>();
  worker.onmessage = ({ data }) => done.resolve(data);
  worker.postMessage(queue.id);
  for (let i = 0; i < 2; i++) await queue.send(2, `answer to ${(await queue.receive({ type: 1 })).text()}`);
  console.log((await done.promise).join(", "));
  worker.terminate();
  queue.remove();
}
