import { socketpair } from "../../lib/pipes/mod.ts";
import { WarmChildren } from "../../lib/servers/warm_children.ts";
import { assert, assertEquals, assertRejects, children, test } from "../support/mod.ts";
import { Deadly, exported, gone } from "./child_servers.ts";

const address = { transport: "unix", path: "" } as const;

test("WarmChildren.give() gives a connection to one that waits, or to a new one if that was killed", async () => {
  const warm = new WarmChildren(exported("capitals"), 1);
  await warm.ready;
  const [waits] = children().map((line) => parseInt(/\d+/.exec(line)![0]));
  const pids: number[] = [];
  for (const killed of [false, true]) {
    const [ours, theirs] = socketpair();
    using _ours = ours;
    for (const pid of killed ? children().map((line) => parseInt(/\d+/.exec(line)![0])) : []) {
      Deno.kill(pid, "SIGKILL");
      // Until then it takes connections, which end with it.
      await gone(pid);
    }
    const child = await warm.give(theirs.fd, { address, local: address });
    theirs.close();
    await ours.writable.close();
    const [text, { status }] = await Promise.all([new Response(ours.readable).text(), child.ended]);
    assert(text.startsWith(`pid ${child.pid} `) && status.code === 3, text);
    pids.push(child.pid);
  }
  assertEquals(pids[0], waits);
  await warm.end();
  assertEquals(children(), []);
});

test("WarmChildren.ready rejects if there will be none", async () => {
  const warm = new WarmChildren({ module: "no url", export: "any" }, 1);
  await assertRejects(() => warm.ready, TypeError);
  await new WarmChildren({ module: "no url", export: "any" }, 0).ready;
  await warm.end();
});

test("WarmChildren starts the next one later after one that was killed while it loaded", async () => {
  using deadly = new Deadly();
  const warm = new WarmChildren(deadly.child, 1);
  await warm.ready;
  deadly.begin();
  const begun = performance.now();
  for (const line of children()) Deno.kill(parseInt(/\d+/.exec(line)![0]), "SIGKILL");
  await deadly.deaths(3);
  // 100 ms after the first, and 200 after the second.
  assert(performance.now() - begun >= 299, `three have died in ${performance.now() - begun} ms`);
  await warm.end();
});
