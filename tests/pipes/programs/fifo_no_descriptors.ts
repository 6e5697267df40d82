/** Started with few descriptors: takes them all, opens and serves a FIFO while they come back one by one. */
import { FCNTL } from "../../../ffi/abi/fcntl.ts";
import { fcntl } from "../../../ffi/fcntl.ts";
import { loop } from "../../../ffi/loop.ts";
import { close } from "../../../ffi/unistd.ts";
import { mkfifo, openFifo, serveFifo, type SyscallError } from "../../../mod.ts";
import { opened } from "../../support/opened.ts";

const path = `${Deno.args[0]}/fifo`;
const wrong: string[] = [];

const FORMS: Record<string, () => Promise<void>> = {
  async open() {
    const abort = new AbortController();
    const sides = [
      openFifo(path, "r", { signal: abort.signal }),
      openFifo(path, "w", { signal: abort.signal }),
    ] as const;
    for (const side of sides) side.catch((error) => abort.abort(error));
    const ends = await Promise.allSettled(sides);
    for (const end of ends) if (end.status === "fulfilled") end.value.close();
    for (const end of ends) if (end.status === "rejected") throw end.reason;
  },
  async closed() {
    (await openFifo(path, "r", { until: "closed" })).close();
  },
  async serve() {
    const server = serveFifo(`${path}.served`, () => "hello");
    server.finished.catch(() => {});
    try {
      using reader = await openFifo(`${path}.served`, "r", { timeout: 100 });
      await new Response(reader.readable).text();
    } finally {
      await server.stop();
    }
  },
};

/** Done right, or refused with the reason. A server that has failed leaves a reader waiting, who gives up. */
async function attempt(name: string, free: number): Promise<boolean> {
  try {
    await FORMS[name]!();
    return true;
  } catch (error) {
    const { code, name: kind } = error as SyscallError;
    if (code !== "EMFILE" && kind !== "TimeoutError") wrong.push(`${name} with ${free} free: ${error}`);
    return false;
  }
}

await loop().promote();
mkfifo(path);
for (const name in FORMS) await attempt(name, Infinity);
const before = opened();
const taken: number[] = [];
for (let fd; (fd = fcntl(0, FCNTL.F_DUPFD_CLOEXEC, 3)) >= 0;) taken.push(fd);
let done: boolean[] = [];
for (let free = 0; free < 10; free++) {
  done = [];
  for (const name in FORMS) done.push(await attempt(name, free));
  close(taken.pop()!);
}
for (const fd of taken) close(fd);
console.log(JSON.stringify({ wrong, done, left: opened() - before }));
