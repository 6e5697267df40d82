import { SyscallError } from "../../lib/core/mod.ts";
import { type FifoContent, isFifo, mkfifo, openFifo, serveFifo } from "../../lib/pipes/mod.ts";
import { assert, assertEquals, assertRejects, assertThrows, denoSource, test, within } from "../support/mod.ts";
import { FifoFolder, until } from "./fifo_folder.ts";

/** A program that reads what is served, as often as it is asked to. */
async function read(folder: FifoFolder): Promise<string> {
  await using reader = folder.shell('exec cat "$0"');
  return await reader.text();
}

test("serveFifo() gives each reader fresh content, then the end", async () => {
  using folder = new FifoFolder(false);
  let n = 0;
  await using server = serveFifo(folder.path, () => `fresh ${++n}\n`);
  assertEquals(server.path, folder.path);
  for (let i = 1; i <= 3; i++) assertEquals(await read(folder), `fresh ${i}\n`);
  await using reader = folder.shell('for i in 1 2 3 4 5 6 7 8 9 10; do cat "$0"; done');
  assertEquals(await reader.text(), Array.from({ length: 10 }, (_, i) => `fresh ${i + 4}\n`).join(""));
  await server.stop();
  assertEquals(folder.files, []);
});

test("serveFifo() takes text, bytes and promises of either, also more than a pipe holds, and nothing", async () => {
  using folder = new FifoFolder(false);
  const contents: FifoContent[] = ["Grüße", new TextEncoder().encode("bytes"), "", "x".repeat(1_000_000), "last"];
  const left = [...contents];
  const next = () => left.length % 2 ? left.shift()! : Promise.resolve(left.shift()!);
  await using _server = serveFifo(folder.path, next);
  for (const content of contents) {
    const text = typeof content === "string" ? content : new TextDecoder().decode(content);
    assertEquals(await read(folder) === text, true);
  }
});

test("serveFifo() serves the next reader while one does not read, and survives its death", async () => {
  using folder = new FifoFolder(false);
  let n = 0;
  await using _server = serveFifo(folder.path, () => `${++n}${" ".repeat(200_000)}`);
  const { ino } = Deno.statSync(folder.path);
  await using stalled = folder.shell('exec 3< "$0"; exec sleep 600');
  // Until it has been accepted, and the FIFO replaced, another would share what it gets.
  await until(() => Deno.statSync(folder.path).ino !== ino);
  assertEquals((await read(folder)).trim(), "2");
  stalled.child.kill("SIGKILL");
  assertEquals((await read(folder)).trim(), "3");
});

test("serveFifo() gives a reader that comes while another waits for its content one of its own", async () => {
  using folder = new FifoFolder(false);
  const asked: ((content: string) => void)[] = [];
  await using _server = serveFifo(folder.path, () => new Promise<string>((resolve) => asked.push(resolve)));
  await using first = folder.shell('exec cat "$0"');
  await until(() => asked.length === 1);
  const { ino } = Deno.statSync(folder.path);
  await using second = folder.shell('exec cat "$0"');
  // The FIFO that it found has been replaced: it has been accepted.
  await until(() => Deno.statSync(folder.path).ino !== ino);
  assertEquals(asked.length, 1);
  asked[0]!("first");
  assertEquals(await first.text(), "first");
  await until(() => asked.length === 2);
  asked[1]!("second");
  assertEquals(await second.text(), "second");
});

test("serveFifo() keeps contents a pause apart", async () => {
  using folder = new FifoFolder(false);
  const times: number[] = [];
  await using _server = serveFifo(folder.path, () => `${times.push(performance.now())}`, { pause: 150 });
  for (let i = 0; i < 3; i++) await read(folder);
  assert(times[1]! - times[0]! >= 149 && times[2]! - times[1]! >= 149, times.join());
});

test("serveFifo() with a pause longer than any timer serves one reader, and is stopped in it", async () => {
  for (const pause of [2 ** 31, Infinity]) {
    using folder = new FifoFolder(false);
    let calls = 0;
    const server = serveFifo(folder.path, () => `${++calls}`, { pause });
    assertEquals(await read(folder), "1");
    const { ino } = Deno.statSync(folder.path);
    await using second = folder.shell('exec 3< "$0"; echo READY; cat <&3');
    await second.says("READY");
    await until(() => Deno.statSync(folder.path).ino !== ino);
    await server.stop();
    assertEquals([await second.text(), calls], ["READY\n", 1]);
  }
});

test("serveFifo() makes a FIFO anew that somebody removes, while nobody reads", async () => {
  using folder = new FifoFolder(false);
  await using _server = serveFifo(folder.path, () => "here");
  for (let i = 0; i < 3; i++) {
    Deno.removeSync(folder.path);
    await until(() => isFifo(folder.path));
    assertEquals(await read(folder), "here");
  }
});

test("serveFifo() ends where a regular file takes the FIFO's place, and leaves it", async () => {
  using folder = new FifoFolder(false);
  const server = serveFifo(folder.path, () => "here");
  const ended = assertRejects(() => server.finished, SyscallError);
  Deno.writeTextFileSync(`${folder.path}.new`, "mine");
  Deno.renameSync(`${folder.path}.new`, folder.path);
  const error = await ended;
  assertEquals(error.message, `Cannot create FIFO "${folder.path}": file exists (EEXIST, mkfifo)`);
  assertEquals([folder.files, Deno.readTextFileSync(folder.path)], [["fifo"], "mine"]);
  await server[Symbol.asyncDispose]();
});

test("serveFifo() refuses a regular file at once, and wrong arguments", () => {
  using folder = new FifoFolder(false);
  Deno.writeTextFileSync(folder.path, "mine");
  const error = assertThrows(() => serveFifo(folder.path, () => ""), SyscallError);
  assertEquals([error.code, error.path, Deno.readTextFileSync(folder.path)], ["EEXIST", folder.path, "mine"]);
  assertThrows(() => serveFifo(folder.path, () => "", { pause: -1 }), RangeError, "pause");
  assertThrows(() => serveFifo(folder.path, () => "", { mode: 1.5 }), RangeError, "mode");
  assertThrows(
    () => serveFifo(folder.path, () => "", { signal: AbortSignal.abort(new Error("before")) }),
    Error,
    "before",
  );
});

test("serveFifo() takes over a FIFO that was left there", async () => {
  using folder = new FifoFolder();
  await using waiting = folder.shell('exec cat "$0"');
  await using server = serveFifo(folder.path, () => "at last");
  assertEquals(await waiting.text(), "at last");
  await server.stop();
  assertEquals(folder.files, []);
});

const STAGES: [when: string, content: () => string | Promise<string>][] = [
  ["nobody reads", () => ""],
  ["a reader waits for its content", () => new Promise<string>(() => {})],
  ["a reader does not read", () => "x".repeat(1_000_000)],
];
for (const [when, content] of STAGES) {
  test(`serveFifo() is stopped by its signal within 100 ms while ${when}, without an error`, async () => {
    using folder = new FifoFolder(false);
    const abort = new AbortController();
    const server = serveFifo(folder.path, content, { signal: abort.signal, pause: 60_000 });
    await using reader = folder.shell(
      when === "nobody reads" ? "echo READY" : 'exec 3< "$0"; echo READY; read line; exec cat <&3',
    );
    await reader.says("READY");
    const start = performance.now();
    abort.abort();
    await server.finished;
    assert(performance.now() - start < within(100), `${performance.now() - start} ms`);
    assertEquals(folder.files, []);
    await server.stop();
    await reader.text();
  });
}

test("serveFifo() ends with what its content throws, and the reader sees an end", async () => {
  using folder = new FifoFolder(false);
  const server = serveFifo(folder.path, () => {
    throw new Error("no more");
  });
  const ended = assertRejects(() => server.finished, Error, "no more");
  assertEquals(await read(folder), "");
  await ended;
  assertEquals(folder.files, []);
});

test("serveFifo() is told of a failure that nobody waits for by an unhandled rejection", async () => {
  using folder = new FifoFolder(false);
  const source = `
    import { openFifo, serveFifo } from "vasty/mod.ts";
    const path = ${JSON.stringify(folder.path)};
    serveFifo(path, () => { throw new Error("no more") });
    await openFifo(path, "r");
  `;
  const { code, stderr } = await denoSource(source, {
    flags: [`--allow-write=${folder.path}`, `--allow-read=${folder.path}`],
  });
  assertEquals([code, /no more/.test(stderr)], [1, true]);
  assertEquals(folder.files, []);
});

test("serveFifo() leaves a FIFO that is not its own any more", async () => {
  using folder = new FifoFolder(false);
  const server = serveFifo(folder.path, () => "");
  await server.stop();
  mkfifo(folder.path);
  await server.stop();
  assertEquals(folder.files, ["fifo"]);
});

test("serveFifo() serves readers of this very program", async () => {
  using folder = new FifoFolder(false);
  await using _server = serveFifo(folder.path, () => "to myself");
  using fifo = await openFifo(folder.path, "r", { timeout: within(20_000) });
  assertEquals(await new Response(fifo.readable).text(), "to myself");
});
