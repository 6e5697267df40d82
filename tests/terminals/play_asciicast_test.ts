import { type Asciicast, playAsciicast, readAsciicast } from "../../mod.ts";
import { assert, assertEquals, assertRejects, test, within } from "../support/mod.ts";

const event = (time: number, data: string, kind = "o") => ({ time, kind, data });
const cast = (idleTimeLimit?: number): Asciicast => ({
  header: { version: 2, cols: 80, rows: 24, idleTimeLimit },
  events: [event(100, "a"), event(100, "x", "i"), event(160, "b"), event(3_600_000, "c")],
});

test("playAsciicast() keeps the pauses, as fast and as short as is wanted", async () => {
  for (
    const [idle, options, least] of [
      [undefined, { maxPause: 60 }, 180],
      [undefined, { maxPause: 60, speed: 2 }, 90],
      [30, {}, 90],
      [undefined, { speed: Infinity }, 0],
    ] as const
  ) {
    const began = performance.now();
    const seen: string[] = [];
    const kinds: string[] = [];
    await playAsciicast(cast(idle), (text) => seen.push(text), { ...options, onEvent: ({ kind }) => kinds.push(kind) });
    assertEquals([seen.join(""), kinds.join("")], ["abc", "oioo"]);
    const took = performance.now() - began;
    assert(took >= least - 2 && took < least + within(500), `${took} ms for ${least}`);
  }
});

test("playAsciicast() is given up within its wait, and takes a stream", async () => {
  const { readable, writable } = new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>();
  const text = new Response(readable).text();
  const error = await assertRejects(() => playAsciicast(cast(), writable, { speed: 10, timeout: 150 }), DOMException);
  assertEquals(error.message, "Timed out after 150 ms");
  await writable.close();
  assertEquals(await text, "ab");
  const reason = new Error("enough");
  const signal = AbortSignal.abort(reason);
  assertEquals(await assertRejects(() => playAsciicast(cast(), () => {}, { signal })), reason);
});

test("playAsciicast() rejects what makes no sense, and what its output throws", async () => {
  for (const options of [{ speed: 0 }, { speed: NaN }, { maxPause: -1 }, { timeout: -1 }]) {
    await assertRejects(() => playAsciicast(cast(), () => {}, options), RangeError);
  }
  const show = () => Promise.reject(new Error("no room"));
  await assertRejects(() => playAsciicast(cast(0), show), Error, "no room");
});

test("readAsciicast() says what is wrong", async () => {
  await assertRejects(() => readAsciicast("/nowhere"), Deno.errors.NotFound);
  await assertRejects(() => readAsciicast("/etc/passwd"), SyntaxError, "Line 1");
  await assertRejects(() => readAsciicast("/etc/passwd", { signal: AbortSignal.abort(new Error("no")) }), Error, "no");
});
