/** Starts itself as a Web Worker, which locks a file in every way; `lock_worker.ts PATH` prints what that has found. */
import { flock, flockSync, lockHolders, lockRange, lockRangeSync } from "../../../mod.ts";

const scope = globalThis as unknown as {
  onmessage: (event: MessageEvent<string>) => void;
  postMessage(message: unknown): void;
};

/** What a wait comes to that nobody ends. */
async function refused(take: () => unknown): Promise<string> {
  try {
    await take();
    return "taken";
  } catch (error) {
    return (error as Error).name;
  }
}

async function use(path: string): Promise<unknown[]> {
  const found: unknown[] = [];
  for (const take of [flock, flockSync, lockRange, lockRangeSync]) {
    using lock = await take(path, "exclusive", { timeout: 5_000 });
    found.push(lock.mode, await refused(() => take(path, "shared", { timeout: 20 })));
  }
  return [...found, lockHolders(path)?.length ?? "not to be seen"];
}

if ("WorkerGlobalScope" in globalThis) {
  scope.onmessage = async ({ data }) => scope.postMessage(await use(data));
} else {
  const worker = new Worker(import.meta.url, { type: "module" });
  worker.onmessage = ({ data }) => {
    console.log(JSON.stringify(data));
    worker.terminate();
  };
  worker.postMessage(Deno.args[0]);
}
