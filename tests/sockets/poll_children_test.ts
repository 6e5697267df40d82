/** poll() over children, and over streams with a buffer. */
import { ClosedError } from "../../lib/core/mod.ts";
import { spawn, waitAny } from "../../lib/processes/mod.ts";
import { Pidfd } from "../../lib/signals/mod.ts";
import { poll, pollSync } from "../../lib/sockets/mod.ts";
import { assert, assertEquals, assertRejects, test, within } from "../support/mod.ts";
import { both } from "./polled.ts";

test("poll() sees the end of a child, that its owner may ask for or not", async () => {
  await using slow = spawn(["sleep", "60"]);
  await using quick = spawn(["sh", "-c", "read line; exit 3"], { stdin: "piped" });
  const polling = poll([slow, quick]);
  assertEquals((await poll([slow, quick], { timeout: 0 })).ready, []);
  assertEquals(pollSync([slow, quick], { timeout: 0 }).ready, []);
  await quick.stdin.close();
  assert((await polling).readable[0] === quick);
  assertEquals(quick.poll()?.code, 3);
  assert((await both([quick, slow])).readable[0] === quick);
});

test("poll() and pollSync() see a child that ends while they wait", async () => {
  await using first = spawn(["sh", "-c", "sleep 0.05"]);
  assert(pollSync([first], { timeout: within(5_000) }).readable[0] === first);
  // Nobody has asked for its end by that.
  assert((await waitAny())?.child === first);
  await using second = spawn(["sh", "-c", "sleep 0.05"]);
  assert((await poll([second], { timeout: within(5_000) })).readable[0] === second);
  assertEquals((await second.status).code, 0);
});

test("poll() sees the end of a process behind a Pidfd", async () => {
  await using child = spawn(["sleep", "60"]);
  using pidfd = Pidfd.open(child.pid);
  const polling = poll([{ source: pidfd, read: true }]);
  assertEquals(pollSync([pidfd], { timeout: 0 }).ready, []);
  child.kill("KILL");
  assert((await polling).readable[0] === pidfd);
  await child.status;
  assert((await both([pidfd])).readable[0] === pidfd);
  pidfd.close();
  await assertRejects(() => poll([pidfd]), ClosedError);
});

test("poll() takes the streams of children", async () => {
  await using mute = spawn(["sleep", "60"], { stdout: "piped" });
  await using cat = spawn(["cat"], { stdin: "piped", stdout: "piped" });
  const polling = poll([mute.stdout, cat.stdout]);
  const writer = cat.stdin.getWriter();
  await writer.write(new TextEncoder().encode("heard"));
  assert((await polling).readable[0] === cat.stdout);
  assertEquals(await cat.stdout.readInto(new Uint8Array(100)), 5);
  assertEquals((await poll([cat.stdout], { timeout: 20 })).ready, []);
  await writer.close();
  assert((await poll([mute.stdout, cat.stdout])).readable[0] === cat.stdout);
  assertEquals(await cat.stdout.readInto(new Uint8Array(100)), null);
  assert((await poll([mute.stdout, cat.stdout])).readable[0] === cat.stdout);
});

test("poll() counts what an abandoned read has left in a stream as readable", async () => {
  await using cat = spawn(["cat"], { stdin: "piped", stdout: "piped" });
  const reader = cat.stdout.getReader();
  reader.read().catch(() => {});
  reader.releaseLock();
  const polling = poll([cat.stdout], { timeout: within(5_000) });
  await cat.stdin.getWriter().write(new TextEncoder().encode("x"));
  assert((await polling).readable[0] === cat.stdout);
  assert((await poll([cat.stdout], { timeout: within(5_000) })).readable[0] === cat.stdout);
});

test("poll() counts a stream as readable whose end has come, before and after all is read", async () => {
  await using cat = spawn(["cat"], { stdin: "piped", stdout: "piped" });
  const writer = cat.stdin.getWriter();
  const target = new Uint8Array(100);
  for (let round = 0; round < 10; round++) {
    const reading = cat.stdout.readInto(target);
    await new Promise((resolve) => setTimeout(resolve));
    await writer.write(new Uint8Array(50));
    let got = (await reading)!;
    while (got < 50) got += (await cat.stdout.readInto(target))!;
  }
  const first = cat.stdout.readInto(new Uint8Array(1));
  await writer.write(new Uint8Array(50));
  assertEquals(await first, 1);
  await writer.close();
  await cat.status;
  for (let left: number | null = 49; left !== null;) {
    await new Promise((resolve) => setTimeout(resolve));
    assert((await poll([cat.stdout], { timeout: within(5_000) })).readable[0] === cat.stdout);
    assert(pollSync([cat.stdout], { timeout: 0 }).readable[0] === cat.stdout);
    const got = await cat.stdout.readInto(target);
    left = got === null ? null : left - got;
    if (got === null) assert((await poll([cat.stdout], { timeout: 0 })).readable[0] === cat.stdout);
  }
});
