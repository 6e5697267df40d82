/** Uses semaphores in a Web Worker. */
import { IPC_PRIVATE, SemaphoreSet } from "../../../lib/sysv/mod.ts";

if (self.constructor.name === "DedicatedWorkerGlobalScope") {
  const worker = self as unknown as Worker;
  worker.onmessage = async ({ data }) => {
    using set = SemaphoreSet.fromId(data);
    set.release(1);
    await set.acquire(0);
    set.release(1);
    set.acquireSync(0);
    let said = "";
    try {
      set.acquireSync(0, { timeout: 20 });
    } catch (error) {
      said = (error as Error).name;
    }
    set.setAll([1, 1]);
    worker.postMessage(`${JSON.stringify(set.getAll())} ${said}`);
  };
  worker.postMessage("READY");
} else {
  using set = SemaphoreSet.create(IPC_PRIVATE, 2);
  const worker = new Worker(import.meta.url, { type: "module" });
  const said = () => new Promise<string>((resolve) => worker.onmessage = ({ data }) => resolve(data));
  await said();
  const last = said();
  worker.postMessage(set.id);
  for (let i = 0; i < 2; i++) {
    await set.acquire(1);
    set.release(0);
  }
  console.log(await last);
  worker.terminate();
  set.remove();
}
