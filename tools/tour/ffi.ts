/** The door to libc, and the threads behind it. */
import { ERRNO } from "../../ffi/abi/errno.ts";
import { WAIT } from "../../ffi/abi/sys_wait.ts";
import { errnoName } from "../../ffi/errno.ts";
import { libc } from "../../ffi/libc.ts";
import { waitid } from "../../ffi/sys_wait.ts";
import { close } from "../../ffi/unistd.ts";
import { offload } from "../../ffi/workers.ts";
import { spawn } from "../../lib/processes/mod.ts";
import { must, since, type Step } from "./step.ts";

const CALLS = 200_000;
/** Milliseconds that an abort may take. */
const ABORTED = 100;

function openLibc(): string {
  const start = performance.now();
  const { path } = libc();
  return `${path} in ${since(start)}`;
}

function errnoOfCalls(): string {
  const start = performance.now();
  for (let i = 0; i < CALLS; i++) {
    const rc = close(-1);
    must(rc === -ERRNO.EBADF, `close(-1) gave ${rc < 0 ? errnoName(-rc) : rc}, not EBADF`);
  }
  const each = (performance.now() - start) / CALLS * 1e6;
  return `EBADF ${CALLS} times of ${CALLS}, ${Math.round(each)} ns each`;
}

/** A wait that nothing will end is cut short, and the thing that was waited for is still there. */
async function abortOnce(): Promise<number> {
  await using child = spawn(["sleep", "60"]);
  const wait = offload(waitid, [WAIT.P_PID, child.pid, 0, WAIT.WEXITED | WAIT.WNOWAIT]);
  const start = performance.now();
  wait.cancel();
  const rc = await wait.result;
  const took = performance.now() - start;
  must(rc === -ERRNO.ECANCELED, `the wait returned ${rc}`);
  must(child.kill(), "the child has ended as well");
  return took;
}

/** The best of three: on a busy machine any of them may wait for a processor. */
async function abortBlocked(): Promise<string> {
  const took = Math.min(await abortOnce(), await abortOnce(), await abortOnce());
  must(took < ABORTED, `it took ${Math.round(took)} ms`);
  return `waitid(2) on a thread of ours returned after ${took.toFixed(1)} ms`;
}

/** In the order in which they are shown; libc must not have been opened before the first. */
export const ffi: Step[] = [
  { area: "ffi", title: "open libc", run: openLibc },
  { area: "ffi", title: "fail and read errno", run: errnoOfCalls },
  { area: "ffi", title: "abort a blocked call", run: abortBlocked },
];
