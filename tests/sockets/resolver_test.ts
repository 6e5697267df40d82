import { AddressCall } from "../../lib/sockets/host_calls.ts";
import { resolve } from "../../lib/sockets/resolver.ts";
import { SyscallError } from "../../mod.ts";
import { assert, assertEquals, assertRejects, test, within } from "../support/mod.ts";
import { linesInWorld, worldTest } from "./names_world.ts";

worldTest(
  "a look-up that nobody answers is given up at once, by timeout or abort, and does not keep the process",
  async () => {
    const source = `
    const limit = ${within(150)};
    await getaddrinfo("true.example");
    await tell(() => getaddrinfo("silent.example", 80, { timeout: 50 }), limit);
    await tell(() => getaddrinfo("silent.example", 80, { signal: AbortSignal.timeout(50) }), limit);
    const control = new AbortController();
    setTimeout(() => control.abort(new Error("enough")), 50);
    await tell(() => gethostbyname("silent.example", { signal: control.signal }), limit);
    await tell(() => gethostbyaddr("192.0.2.11", { timeout: 500 }));
    await tell(() => checkedName("192.0.2.11", { timeout: 50 }), limit);`;
    const begun = performance.now();
    assertEquals(await linesInWorld(source), [
      "TimeoutError 23 Timed out after 50 ms",
      "TimeoutError 23 The operation was aborted due to timeout",
      "Error undefined enough",
      '{"name":"silent.example","addresses":["192.0.2.11"]}',
      "TimeoutError 23 Timed out after 50 ms",
    ]);
    // libc waits for 30 seconds.
    const took = performance.now() - begun;
    assert(took < within(20_000), `${took} ms`);
  },
);

worldTest("look-ups that were given up hold no others up, however many there are", async () => {
  const source = `
    const silent = Array.from({ length: 100 }, () => getaddrinfo("silent.example", 80, { timeout: 100 }));
    await tell(async () => (await getaddrinfo("true.example", 80, { type: "SOCK_STREAM" }))[0].address.hostname);
    await tell(async () => (await Promise.allSettled(silent)).every(({ reason }) => reason.name === "TimeoutError"));
    await tell(async () => (await getaddrinfo("second.example", 80, { type: "SOCK_STREAM" }))[0].address.hostname);`;
  assertEquals(await linesInWorld(source), ['"192.0.2.7"', "true", '"192.0.2.8"']);
});

worldTest(
  "what a look-up that was given up has found is freed when it comes, and its thread is used again",
  async () => {
    const source = `
    import { workerThreads } from "vasty/tests/support/leaks.ts";
    await getaddrinfo("true.example");
    const before = workerThreads();
    const given = [];
    for (let i = 0; i < 50; i++) {
      const control = new AbortController();
      const look = getaddrinfo("true.example", 80, { signal: control.signal });
      control.abort(new Error("enough"));
      given.push(await look.catch((error) => error.message));
      await getaddrinfo("true.example");
    }
    await tell(() => given.every((message) => message === "enough"));
    await tell(() => workerThreads() - before < 5 || workerThreads());`;
    assertEquals(await linesInWorld(source, ["--allow-net", "--allow-env=VASTY_EMULATED"]), ["true", "true"]);
  },
);

test("the memory of a call stays until libc has returned, and is freed then, once", async () => {
  const question = { host: "127.0.0.1", service: "80", family: 0, socktype: 0, flags: 0 };
  const { promise: disposed, resolve: tell } = Promise.withResolvers<string>();
  let count = 0;
  class Watched extends AddressCall {
    override [Symbol.dispose](): void {
      super[Symbol.dispose]();
      if (++count === 1) tell("disposed");
    }
  }
  // What was given up keeps no process alive.
  const alive = setInterval(() => {}, 1_000);
  const control = new AbortController();
  const given = resolve(() => new Watched(question), { signal: control.signal });
  control.abort(new Error("enough"));
  await assertRejects(() => given, Error, "enough");
  assertEquals([count, await disposed, count], [0, "disposed", 1]);
  clearInterval(alive);
  count = 0;
  assertEquals((await resolve(() => new Watched(question), {})).length, 3);
  assertEquals(count, 1);
  await assertRejects(() => resolve(() => new Watched({ ...question, flags: -1 }), {}), SyscallError, "EAI_BADFLAGS");
  assertEquals(count, 2);
});

test("resolve() does not begin what is aborted or timed out already", async () => {
  const make = () => {
    throw new Error("it has begun");
  };
  await assertRejects(() => resolve(make, { timeout: 0 }), DOMException, "Timed out after 0 ms");
  await assertRejects(() => resolve(make, { timeout: NaN }), RangeError, "timeout");
  await assertRejects(() => resolve(make, { signal: AbortSignal.abort(new Error("enough")) }), Error, "enough");
});
