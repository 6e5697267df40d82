import { Intake } from "../../lib/terminals/intake.ts";
import { decoderOf } from "../../lib/terminals/text_encoding.ts";
import { assertEquals, test } from "../support/mod.ts";

/** An intake of `text` in reads of at most `most` bytes, and what it told its owner. */
function intakeOf(text: string, { most = Infinity, limit = Infinity } = {}) {
  const told: string[] = [];
  let rest = new TextEncoder().encode(text);
  const sizes: number[] = [];
  const source = {
    read(target: Uint8Array) {
      sizes.push(target.length);
      const count = Math.min(most, rest.length, target.length);
      if (rest.length === 0) return Promise.resolve(null);
      target.set(rest.subarray(0, count));
      rest = rest.slice(count);
      return Promise.resolve(count);
    },
    close: () => Promise.resolve(),
  };
  const { promise, resolve } = Promise.withResolvers<void>();
  const intake: Intake = new Intake(source, decoderOf("utf-8"), limit, {
    received: (text) => void told.push(text),
    changed: () => intake.over || intake.full ? resolve() : intake.want(),
  });
  return { intake, told, sizes, done: promise };
}

test("Intake reads on wish, one read at a time, up to the end", async () => {
  const { intake, told, done, sizes } = intakeOf("é!", { most: 1 });
  assertEquals(sizes, []);
  intake.want();
  intake.want();
  assertEquals(sizes.length, 1);
  await done;
  assertEquals([intake.buffer.slice(), intake.received, intake.ended], ["é!", 2, true]);
  assertEquals(told, ["", "é", "!", ""]);
  intake.want();
  assertEquals(sizes.length, 4);
});

test("Intake never keeps more than its limit", async () => {
  const { intake, sizes, done } = intakeOf("0123456789", { most: 4, limit: 7 });
  intake.want();
  await done;
  assertEquals([intake.buffer.slice(), intake.full, sizes], ["0123456", true, [7, 3]]);
  intake.want();
  assertEquals(sizes.length, 2);
  intake.take(7);
  assertEquals([intake.full, intake.cuts], [false, 1]);
});

test("Intake reads much at once where much comes", async () => {
  const { intake, sizes, done } = intakeOf("x".repeat(600_000));
  intake.want();
  await done;
  assertEquals(sizes, [16_384, 262_144, 262_144, 262_144, 262_144].slice(0, sizes.length));
  assertEquals(intake.received, 600_000);
});

test("Intake has what still waits of a stretch", async () => {
  const { intake, done } = intakeOf("0123456789");
  intake.want();
  await done;
  assertEquals(intake.between(2, 5), "234");
  intake.take(3);
  assertEquals([intake.between(2, 5), intake.between(0, 3), intake.between(5, 10)], ["34", "", "56789"]);
});

/** An intake whose source has these at once, one after the other. */
function intakeOfSoon(answers: (string | null | undefined | Error)[], limit = Infinity) {
  const soon = (target: Uint8Array): number | null | undefined => {
    const answer = answers.shift();
    if (answer instanceof Error) throw answer;
    return typeof answer === "string" ? new TextEncoder().encodeInto(answer, target).written : answer;
  };
  const { promise: reading, resolve } = Promise.withResolvers<number | null>();
  const source = { soon, read: () => reading, close: () => Promise.resolve() };
  const changes: string[] = [];
  let { promise: change, resolve: changed } = Promise.withResolvers<void>();
  const intake: Intake = new Intake(source, decoderOf("utf-8"), limit, {
    received: () => {},
    changed: () => {
      changes.push(intake.buffer.slice());
      changed();
      ({ promise: change, resolve: changed } = Promise.withResolvers<void>());
    },
  });
  return { intake, changes, resolve, next: () => change };
}

test("Intake.takeSoon() takes what is there, and tells of it before it returns", () => {
  const { intake, changes } = intakeOfSoon(["abc", undefined, "d", null]);
  const took = Array.from({ length: 5 }, () => intake.takeSoon());
  assertEquals(took, [true, false, true, true, false]);
  assertEquals([changes, intake.ended, intake.received], [["abc", "abcd", "abcd"], true, 4]);
});

test("Intake.takeSoon() leaves alone what a read waits for, and never takes more than there is room for", async () => {
  const { intake, resolve } = intakeOfSoon(["abcdef", "ghi"], 4);
  intake.want();
  assertEquals(intake.takeSoon(), false);
  resolve(0);
  await Promise.resolve();
  const full = intakeOfSoon(["abcdef", "ghi"], 4);
  assertEquals([full.intake.takeSoon(), full.intake.takeSoon(), full.changes], [true, false, ["abcd"]]);
});

test("Intake.takeSoon() keeps the reason of a failure", () => {
  const { intake } = intakeOfSoon([new Error("gone"), "more"]);
  assertEquals([intake.takeSoon(), intake.takeSoon(), String(intake.failure?.reason)], [true, false, "Error: gone"]);
});

test("Intake.takeSoon() gives the event loop its turn before it goes on", async () => {
  const { intake, changes, next } = intakeOfSoon(Array(300_000).fill("some text"));
  const begun = performance.now();
  while (intake.takeSoon() && performance.now() - begun < 5_000);
  const took = changes.length;
  assertEquals([intake.takeSoon(), took < 300_000], [false, true]);
  await next();
  assertEquals([changes.length, intake.takeSoon()], [took + 1, true]);
});

test("Intake takes up to a place, once", async () => {
  const { intake, done } = intakeOf("0123456789");
  intake.want();
  await done;
  intake.take(2);
  intake.takeUpTo(5);
  assertEquals([intake.buffer.slice(), intake.taken, intake.cuts], ["56789", 5, 2]);
  intake.takeUpTo(4);
  assertEquals([intake.buffer.slice(), intake.taken, intake.cuts], ["56789", 5, 2]);
});
