import { pollAny } from "../../ffi/poll.ts";
import { PutOff } from "../../ffi/put_off.ts";
import { assert, assertEquals, test } from "../support/mod.ts";

test("what was put off is done once, when the microtasks have gone round without it", async () => {
  let done = 0;
  const work = new PutOff(() => done++);
  for (let i = 0; i < 1_000; i++) {
    work.soon();
    await undefined;
  }
  assertEquals(done, 0);
  let rounds = 0;
  while (done === 0) {
    rounds++;
    await undefined;
  }
  assert(rounds > 100 && rounds < 200, `${rounds}`);
  await new Promise((resolve) => setTimeout(resolve, 0));
  assertEquals(done, 1);
});

test("what was put off is done before this thread blocks, and not again", async () => {
  let done = 0;
  const work = new PutOff(() => done++);
  work.soon();
  pollAny([], 0);
  assertEquals(done, 0);
  pollAny([], 1);
  assertEquals(done, 1);
  await new Promise((resolve) => setTimeout(resolve, 0));
  assertEquals(done, 1);
});

test("what was put off is not done if it need not be any more", async () => {
  let done = 0;
  const work = new PutOff(() => done++);
  work.soon();
  work.cancel();
  work.now();
  await new Promise((resolve) => setTimeout(resolve, 0));
  assertEquals(done, 0);
  work.soon();
  work.now();
  assertEquals(done, 1);
});
