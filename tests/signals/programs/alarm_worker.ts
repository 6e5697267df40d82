/** In a Web Worker: cancels alarms that are just going off; prints how many ran after they were cancelled. */
import { setitimer, SIG } from "../../../lib/signals/mod.ts";

const turn = () => new Promise((resolve) => setTimeout(resolve, 0));

async function race(): Promise<number> {
  let cancelled = false;
  let late = 0;
  SIG.ALRM = () => {
    if (cancelled) late++;
  };
  for (let i = 0; i < 300; i++) {
    cancelled = false;
    setitimer("real", { value: 0.3 });
    const until = performance.now() + 0.2 + (i % 30) / 100;
    while (performance.now() < until);
    setitimer("real", { value: 0 });
    cancelled = true;
    await turn();
  }
  return late;
}

if ("WorkerGlobalScope" in globalThis) (globalThis as unknown as Worker).postMessage(await race());
else {
  const worker = new Worker(import.meta.url, { type: "module" });
  worker.onmessage = ({ data }) => {
    console.log(data);
    worker.terminate();
  };
}
