import type { Child } from "../../lib/processes/mod.ts";
import { claim, enrol, livingChildren, onEnd, onStart, strike, unclaimed } from "../../lib/processes/roll.ts";
import { assert, assertEquals, test } from "../support/mod.ts";

/** The roll looks at nothing of a child. */
const child = () => ({}) as Child;

test("unclaimed() has those that have ended first, and not those that were asked for", () => {
  const [first, second, asked] = [child(), child(), child()];
  for (const one of [first, second, asked]) enrol(one);
  claim(asked);
  strike(second);
  assertEquals([unclaimed()[0] === second, unclaimed()[1] === first, unclaimed().length], [true, true, 2]);
  assertEquals([first, second, asked].map((one) => livingChildren().has(one)), [true, false, true]);
  for (const one of [first, asked]) strike(one);
  for (const one of [first, second]) claim(one);
  assertEquals([unclaimed().length, livingChildren().has(asked)], [0, false]);
});

test("strike() keeps the last 1,024 that nobody asked for", () => {
  const many = Array.from({ length: 1_030 }, child);
  for (const one of many) {
    enrol(one);
    strike(one);
  }
  assertEquals([unclaimed().length, unclaimed()[0] === many[6]], [1_024, true]);
  many.forEach(claim);
  assertEquals(unclaimed(), []);
});

test("onEnd() tells of each end until it is told not to", () => {
  const [first, second] = [child(), child()];
  const heard: Child[] = [];
  const stop = onEnd((one) => heard.push(one));
  for (const one of [first, second]) enrol(one);
  strike(first);
  stop();
  strike(second);
  assert(heard.length === 1 && heard[0] === first);
  for (const one of [first, second]) claim(one);
});

test("onStart() tells of each start until it is told not to", () => {
  const [first, second] = [child(), child()];
  const heard: Child[] = [];
  const stop = onStart((one) => heard.push(one));
  enrol(first);
  stop();
  enrol(second);
  assert(heard.length === 1 && heard[0] === first);
  for (const one of [first, second]) strike(one);
  for (const one of [first, second]) claim(one);
});
