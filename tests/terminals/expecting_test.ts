import { CONTINUE, CONTINUE_TIMER, EOF, Expect, FULL_BUFFER, type Match, spawn, spawnPty, TIMEOUT } from "../../mod.ts";
import { assert, assertEquals, assertRejects, size, test, within } from "../support/mod.ts";

function cat(options = {}): Expect {
  return new Expect(spawn(["cat"], { stdin: "piped", stdout: "piped" }), options);
}

/** How many milliseconds `waiting` takes to fail of its time limit. */
async function timeTo(waiting: () => Promise<unknown>): Promise<number> {
  const begun = performance.now();
  await assertRejects(waiting, DOMException, "Timed out after");
  return performance.now() - begun;
}

test("calls have their turns in the order of the calls", async () => {
  await using dialog = cat();
  const found: string[] = [];
  const note = (match: Match) => found.push(match.before + match.match);
  const waiting = ["2", "1", "3"].map((pattern) => dialog.expect(pattern).then(note));
  await dialog.send("1231");
  await dialog.send("3");
  await Promise.all(waiting);
  assertEquals(found, ["12", "31", "3"]);
});

test("a call that is given up while others have their turns takes nothing and holds up nobody", async () => {
  await using dialog = cat();
  const first = dialog.expect("a");
  assert(await timeTo(() => dialog.expect("b", { timeout: 30 })) < within(130));
  assertEquals((await dialog.expect(["b", TIMEOUT], { timeout: 0 })).index, 1);
  const last = dialog.expect("b");
  await dialog.send("ab");
  assertEquals([(await first).match, (await last).match], ["a", "b"]);
});

test("ten thousand calls that one piece of text answers", async () => {
  await using dialog = cat();
  const number = size(10_000);
  const waiting = Array.from({ length: number }, () => dialog.expect("x"));
  await dialog.send("x".repeat(number));
  assertEquals((await Promise.all(waiting)).length, number);
});

test("CONTINUE goes on with a clock that begins anew, CONTINUE_TIMER with the same", async () => {
  await using dialog = cat();
  const ticking = async (answer: typeof CONTINUE | typeof CONTINUE_TIMER) => {
    let ticks = 0;
    const action = async () => {
      ticks++;
      await dialog.expect(["never", TIMEOUT], { timeout: 25 });
      return answer;
    };
    await dialog.send("tick tick tick tick");
    const took = await timeTo(() => dialog.expect({ pattern: "tick", action }, { timeout: 300 }));
    return { took, ticks };
  };
  const anew = await ticking(CONTINUE);
  assert(anew.took >= 399 && anew.ticks === 4, JSON.stringify(anew));
  const same = await ticking(CONTINUE_TIMER);
  assert(same.took >= 299 && same.took < within(395) && same.ticks === 4, JSON.stringify(same));
});

test("a time limit that passes while a handler runs is dealt with behind it", async () => {
  await using dialog = cat();
  await dialog.send("a b");
  const slow = (answer: unknown) => async () => {
    await dialog.expect(["never", TIMEOUT], { timeout: 40 });
    return answer;
  };
  const over = { pattern: "a", action: slow(CONTINUE_TIMER) };
  assert(await timeTo(() => dialog.expect([over, "never"], { timeout: 20 })) >= 39);
  // What has come in time is found nevertheless, and a handler that does not go on has its match.
  assertEquals((await dialog.expect({ pattern: "b", action: slow(1) }, { timeout: 20 })).match, "b");
});

test("an answer that came in time is found though the time was over before a handler was done", async () => {
  await using dialog = cat();
  await dialog.send("GO");
  const action = async () => {
    // It comes back at once, and nobody reads it before the time is over.
    await dialog.send("ANSWER");
    await new Promise((resolve) => setTimeout(resolve, 400));
    return CONTINUE_TIMER;
  };
  assertEquals((await dialog.expect([{ pattern: "GO", action }, "ANSWER"], { timeout: 200 })).index, 1);
});

test("TIMEOUT may go on: a heartbeat", async () => {
  await using dialog = cat();
  let beats = 0;
  const action = async () => {
    if (++beats === 3) await dialog.send("done");
    return CONTINUE_TIMER;
  };
  await dialog.expect([{ pattern: TIMEOUT, action }, "done"], { timeout: 10 });
  assertEquals(beats, 3);
});

test("restartOnReceive begins the clock anew with everything that comes", async () => {
  await using dialog = cat({ restartOnReceive: true });
  let ticks = 0;
  const ticking = setInterval(() => ++ticks < 5 ? dialog.send(".") : clearInterval(ticking), 50);
  assert(await timeTo(() => dialog.expect("never", { timeout: 200 })) >= 399);
});

test("restartOnReceive begins the clock of every call anew, whose turn it is not too", async () => {
  await using dialog = cat({ restartOnReceive: true, timeout: 400 });
  const begun = performance.now();
  const took = () => performance.now() - begun;
  const failed = ["never", "nor this"].map((pattern) => (
    assertRejects(() => dialog.expect(pattern), DOMException, "Timed out after").then(took)
  ));
  await new Promise((resolve) => setTimeout(resolve, 200));
  await dialog.send("text");
  for (const ms of await Promise.all(failed)) assert(ms >= 599, `${ms} ms`);
});

test("a case that takes nothing and goes on is looked at again only once more has come", async () => {
  await using dialog = cat();
  let calls = 0;
  const action = () => {
    calls++;
    return CONTINUE;
  };
  await dialog.send("ab");
  await timeTo(() => dialog.expect([{ pattern: "a", transfer: false, action }, "b"], { timeout: 30 }));
  assertEquals([calls, dialog.buffer], [1, "ab"]);
  dialog.clear();
  await dialog.send("c");
  await timeTo(() => dialog.expect({ pattern: /(?:)/, action }, { timeout: 30 }));
  assert(calls >= 2 && calls < 5, `${calls}`);
});

test("a handler may expect, which comes before the calls that wait", async () => {
  await using dialog = cat();
  await dialog.send("outer inner 1 inner 2 next again");
  const order: string[] = [];
  const action = async (_: Match, same: Expect) => {
    order.push((await same.expect(/inner \d/)).match);
    order.push((await same.expect(/inner \d/)).match);
    return CONTINUE;
  };
  const outer = dialog.expect([{ pattern: "outer", action }, "next"]).then(({ match }) => order.push(match));
  const last = dialog.expect("again").then(({ match }) => order.push(match));
  await Promise.all([outer, last]);
  assertEquals(order, ["inner 1", "inner 2", "next", "again"]);
});

test("what a handler throws comes out of its call, and the next one has its turn", async () => {
  await using dialog = cat();
  await dialog.send("a b c");
  const bad = (error: unknown) => ({
    pattern: /\w/,
    action: () => {
      throw error;
    },
  });
  await assertRejects(() => dialog.expect(bad(new RangeError("mine"))), RangeError, "mine");
  await assertRejects(() => dialog.expect({ pattern: /\w/, action: () => Promise.reject(new TypeError()) }), TypeError);
  assertEquals((await dialog.expect(/\w/)).match, "c");
});

test("an abort does not wait for a handler", async () => {
  await using dialog = cat();
  await dialog.send("a");
  const giving = new AbortController();
  const { promise, resolve } = Promise.withResolvers<void>();
  const action = () => {
    setTimeout(() => giving.abort("enough"));
    return promise;
  };
  const waiting = dialog.expect({ pattern: "a", action }, { signal: giving.signal });
  assertEquals(await waiting.catch((reason) => reason), "enough");
  const next = dialog.expect("b");
  await dialog.send("b");
  await next;
  resolve();
});

test("expectBefore() and expectAfter() stand until they are replaced", async () => {
  await using dialog = cat();
  dialog.expectBefore("error");
  dialog.expectAfter([EOF, { pattern: TIMEOUT, action: () => 1 }]);
  await dialog.send("error");
  const found = await dialog.expect(/e/);
  assertEquals([found.list, found.index, found.match], ["before", 0, "error"]);
  const late = await dialog.expect("x", { timeout: 10 });
  assertEquals([late.list, late.index, late.pattern], ["after", 1, TIMEOUT]);
  dialog.expectBefore([]);
  await dialog.send("error");
  assertEquals((await dialog.expect(/e/)).list, "expect");
  await dialog.sendEof();
  assertEquals((await dialog.expect("x")).before, "rror");
});

test("FULL_BUFFER is told with all that is in it; without it the call fails and nothing is lost", async () => {
  await using dialog = cat({ maxBuffer: 10 });
  await dialog.send("0123456789abcdefghij!");
  const full = await dialog.expect(["x", FULL_BUFFER]);
  assertEquals([full.index, full.before, full.match], [1, "0123456789", ""]);
  const error = await assertRejects(() => dialog.expect("x"), RangeError);
  assertEquals(error.message, 'The buffer is full (10 characters): waited for "x"; there is "abcdefghij"');
  const left = { pattern: FULL_BUFFER, transfer: false, action: () => CONTINUE } as const;
  await assertRejects(() => dialog.expect(left), RangeError);
  assertEquals((await dialog.expect("f")).before, "abcde");
  await dialog.expect("!");
});

test("EOF that goes on fails, as nothing can come any more", async () => {
  await using dialog = cat();
  await dialog.send("rest");
  await dialog.sendEof();
  const before: string[] = [];
  const action = (match: Match) => {
    before.push(match.before);
    return CONTINUE;
  };
  await assertRejects(() => dialog.expect([{ pattern: EOF, action }, "x"]), Deno.errors.UnexpectedEof);
  assertEquals(before, ["rest"]);
});

test("a time limit of 0 looks once at what is there", async () => {
  await using dialog = new Expect(spawn(["sh", "-c", "echo ready; exec cat"], { stdin: "piped", stdout: "piped" }));
  await dialog.expect("ready\n");
  assertEquals((await dialog.expect(["x", TIMEOUT], { timeout: 0 })).index, 1);
  await dialog.send("xy");
  await dialog.expect({ pattern: "y", transfer: false });
  assertEquals((await dialog.expect(["x", TIMEOUT], { timeout: 0 })).index, 0);
  await assertRejects(() => dialog.expect("x", { timeout: -1 }), RangeError);
  await assertRejects(() => dialog.expect("x", { searchWindow: 0 }), RangeError);
});

test("200 dialogs at once with 100 rounds each, none of them late or mixed up", async () => {
  const [dialogs, rounds] = [size(200), size(100)];
  const talk = async (number: number) => {
    await using dialog = cat();
    for (let round = 0; round < rounds; round++) {
      await dialog.sendLine(`${number}: ${round}`);
      const { before, groups } = await dialog.expect(/(\d+): (\d+)\n/);
      assertEquals([before, groups[1], groups[2]], ["", `${number}`, `${round}`]);
    }
    await dialog.sendEof();
    assertEquals((await dialog.expect(EOF)).before, "");
  };
  await Promise.all(Array.from({ length: dialogs }, (_, number) => talk(number)));
});

const YES = {
  "a terminal": { start: () => spawnPty(["yes"]), line: "y\r\n" },
  "a pipe": { start: () => spawn(["yes"], { stdout: "piped" }), line: "y\n" },
};

for (const [what, { start, line }] of Object.entries(YES)) {
  test(`timers have their turns beside calls that ${what} answers at once, and beside one that finds nothing`, async () => {
    await using dialog = new Expect(start(), { maxBuffer: 2 ** 30 });
    let ticks = 0;
    const timer = setInterval(() => ticks++, 5);
    try {
      for (const end = performance.now() + within(5_000); ticks < 10 && performance.now() < end;) {
        await dialog.expect(line);
      }
      const beside = ticks;
      await assertRejects(() => dialog.expect("n", { timeout: 300 }), DOMException, "Timed out after");
      assert(beside >= 10 && ticks - beside > 1, `${beside} and ${ticks - beside} ticks`);
    } finally {
      clearInterval(timer);
    }
  });
}
