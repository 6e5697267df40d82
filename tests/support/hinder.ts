/** Threads that come too late. */
import { captureSync } from "../../lib/processes/mod.ts";
import { numbers, readProc } from "./proc.ts";

/** Have all threads of Deno's but the main one run only where nothing else wants their processor, which is one. */
export function hinder(pid: number): void {
  const [processor] = /\d+/.exec(captureSync(["taskset", "-c", "-p", `${pid}`]).stdout.split(":")[1]!)!;
  captureSync(["taskset", "-a", "-c", "-p", processor!, `${pid}`]);
  for (const tid of numbers(`/proc/${pid}/task`)) {
    const deno = readProc(`/proc/${pid}/task/${tid}/comm`) === readProc(`/proc/${pid}/comm`);
    if (deno && tid !== pid) captureSync(["chrt", "-i", "-p", "0", `${tid}`]);
  }
}
