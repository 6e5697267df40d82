import { ClosedError, readLines, SyscallError } from "../../lib/core/mod.ts";
import { mkfifo, openFifo } from "../../lib/pipes/mod.ts";
import { assert, assertEquals, assertRejects, deno, EMULATED, repository, test, within } from "../support/mod.ts";
import { FifoFolder } from "./fifo_folder.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const textOf = (stream: ReadableStream<Uint8Array>) => new Response(stream as ReadableStream).text();
const LIMIT = { timeout: within(20_000) };

test('openFifo("r") waits for a writer, reads all of it, and ends when it leaves', async () => {
  using folder = new FifoFolder();
  const opening = openFifo(folder.path, "r", LIMIT);
  await using writer = folder.shell('exec > "$0"; seq 100000');
  using fifo = await opening;
  assertEquals(await textOf(fifo.readable), Array.from({ length: 100_000 }, (_, i) => `${i + 1}\n`).join(""));
  await writer.text();
});

test('openFifo("w") waits for a reader, which sees the end when the stream is closed', async () => {
  using folder = new FifoFolder();
  const opening = openFifo(folder.path, "w", LIMIT);
  await using reader = folder.shell('wc -c < "$0"');
  using fifo = await opening;
  await new Blob([new Uint8Array(1_000_000)]).stream().pipeTo(fifo.writable);
  assertEquals((await reader.text()).trim(), "1000000");
});

test("openFifo() of both sides in one program joins them, through a link and a URL", async () => {
  using folder = new FifoFolder();
  Deno.symlinkSync("fifo", `${folder.folder}/link`);
  const [reader, writer] = await Promise.all([
    openFifo(`${folder.folder}/link`, "r", LIMIT),
    openFifo(new URL(`file://${folder.path}`), "w", LIMIT),
  ]);
  using _reader = reader;
  using _writer = writer;
  await writer.writable.getWriter().write(bytes("hello"));
  writer.close();
  assertEquals(await textOf(reader.readable), "hello");
});

test("FifoReader.next() gives one writer after another, and what came in between", async () => {
  using folder = new FifoFolder();
  await using writers = folder.shell('for i in 1 2 3; do echo $i > "$0"; done; echo DONE');
  using fifo = await openFifo(folder.path, "r", LIMIT);
  let text = await textOf(fifo.readable);
  while (!text.includes("3")) text += await textOf(await fifo.next(LIMIT));
  assertEquals(text, "1\n2\n3\n");
  await writers.says("DONE");
});

test("FifoReader.next() reads what a writer left before it was called", async () => {
  using folder = new FifoFolder();
  await using first = folder.shell('echo one > "$0"');
  using fifo = await openFifo(folder.path, "r", LIMIT);
  assertEquals(await textOf(fifo.readable), "one\n");
  await first.text();
  await using second = folder.shell('echo two > "$0"');
  await second.text();
  assertEquals(await textOf(await fifo.next(LIMIT)), "two\n");
});

test("FifoReader.next() can be given up and repeated, and ends with close()", async () => {
  using folder = new FifoFolder();
  await using writer = folder.shell('echo one > "$0"');
  using fifo = await openFifo(folder.path, "r", LIMIT);
  await textOf(fifo.readable);
  await writer.text();
  assertEquals((await assertRejects(() => fifo.next({ timeout: 1 }), DOMException)).name, "TimeoutError");
  const waiting = fifo.next(LIMIT);
  await assertRejects(() => fifo.next(), TypeError, "waited for already");
  fifo.close();
  await assertRejects(() => waiting, ClosedError);
  await assertRejects(() => fifo.next(), ClosedError);
});

test('openFifo("r", { until: "closed" }) waits for nobody and has no end between writers', async () => {
  using folder = new FifoFolder();
  using fifo = await openFifo(folder.path, "r", { until: "closed" });
  const lines = readLines(fifo.readable);
  for (const word of ["one", "two"]) {
    await using writer = folder.shell(`echo ${word} > "$0"`);
    await writer.text();
    assertEquals((await lines.next()).value, word);
  }
  const waiting = lines.next();
  fifo.close();
  await assertRejects(() => waiting, ClosedError);
});

test('openFifo("w", { nonBlocking }) fails with ENXIO without a reader, and opens with one', async () => {
  using folder = new FifoFolder();
  const error = await assertRejects(() => openFifo(folder.path, "w", { nonBlocking: true }), SyscallError);
  assertEquals([error.code, error.path], ["ENXIO", folder.path]);
  using _reader = await openFifo(folder.path, "r", { until: "closed" });
  (await openFifo(folder.path, "w", { nonBlocking: true })).close();
});

test("FifoWriter gets EPIPE when its reader is killed, and no signal", async () => {
  using folder = new FifoFolder();
  await using reader = folder.shell('exec sleep 600 < "$0"');
  using fifo = await openFifo(folder.path, "w", LIMIT);
  const writer = fifo.writable.getWriter();
  // More than a pipe holds: it waits for the reader when that dies.
  const writing = writer.write(new Uint8Array(1_000_000));
  reader.child.kill("SIGKILL");
  const error = await assertRejects(() => writing, Deno.errors.BrokenPipe) as SyscallError;
  assertEquals([error.code, error.syscall], ["EPIPE", "write"]);
  await writer.closed.catch(() => {});
});

test("FifoReader sees the end of a writer that is killed, after what it wrote", async () => {
  using folder = new FifoFolder();
  await using writer = folder.shell('exec 3> "$0"; echo half >&3; echo READY; exec sleep 600');
  using fifo = await openFifo(folder.path, "r", LIMIT);
  await writer.says("READY");
  writer.child.kill("SIGKILL");
  assertEquals(await textOf(fifo.readable), "half\n");
});

test("FifoReader that is cancelled or closed gives its writer EPIPE", async () => {
  for (const end of ["cancel", "close"] as const) {
    using folder = new FifoFolder();
    await using writer = folder.perl(
      '$SIG{PIPE} = "IGNORE"; open(F, ">", shift); 1 while syswrite(F, "x" x 4096); print $!{EPIPE} ? "EPIPE" : $!',
    );
    using fifo = await openFifo(folder.path, "r", LIMIT);
    await fifo.readable.readInto(new Uint8Array(1));
    if (end === "cancel") await fifo.readable.cancel();
    else fifo.close();
    fifo.close();
    assertEquals(await writer.text(), "EPIPE");
    assert(fifo.fd.closed);
  }
}, { needs: ["perl"] });

for (const mode of ["r", "w"] as const) {
  const open = (path: string, options = {}) =>
    mode === "r" ? openFifo(path, "r", options) : openFifo(path, "w", options);

  test(`openFifo("${mode}") that is aborted ends within 100 ms with the reason`, async () => {
    using folder = new FifoFolder();
    for (const turns of [0, 1, 5]) {
      const abort = new AbortController();
      const opening = open(folder.path, { signal: abort.signal });
      opening.catch(() => {});
      for (let turn = 0; turn < turns; turn++) await new Promise((resolve) => setTimeout(resolve, 0));
      const reason = new Error("mine");
      const start = performance.now();
      abort.abort(reason);
      assertEquals(await assertRejects(() => opening), reason);
      assert(performance.now() - start < within(100), `${performance.now() - start} ms`);
    }
    const aborted = { signal: AbortSignal.abort(new Error("before")) };
    await assertRejects(() => open(folder.path, aborted), Error, "before");
    const late = await assertRejects(() => open(folder.path, { timeout: 1 }), DOMException);
    assertEquals(late.name, "TimeoutError");
    assert(
      late.message.includes(folder.path) && late.message.endsWith(", whose other side has not come"),
      late.message,
    );
  });

  const others: [what: string, path: string, make: (path: string) => void | Disposable][] = [
    ["regular file", "file", (path) => Deno.writeTextFileSync(path, "mine")],
    ["directory", "folder", (path) => Deno.mkdirSync(path)],
    ["socket", "socket", (path) => Deno.listen({ transport: "unix", path })],
  ];
  for (const [what, name, make] of others) {
    test(`openFifo("${mode}") refuses a ${what}, names it, and leaves it alone`, async () => {
      using folder = new FifoFolder(false);
      const path = `${folder.folder}/${name}`;
      using _made = make(path) ?? null;
      const error = await assertRejects(() => open(path), TypeError);
      assertEquals(error.message, `Cannot open FIFO "${path}": it is no FIFO but a ${what}`);
      if (name === "file") assertEquals(Deno.readTextFileSync(path), "mine");
    });
  }

  test(`openFifo("${mode}") of what is not there fails with ENOENT`, async () => {
    const error = await assertRejects(() => open("/no/such/fifo"), SyscallError);
    assertEquals([error.code, error.path], ["ENOENT", "/no/such/fifo"]);
  });

  test(`openFifo("${mode}") goes on waiting for a FIFO that is removed and replaced by a file`, async () => {
    using folder = new FifoFolder();
    const other = `${folder.folder}/other`;
    Deno.linkSync(folder.path, other);
    const opening = open(folder.path, LIMIT);
    Deno.removeSync(folder.path);
    Deno.writeTextFileSync(folder.path, "mine");
    using peer = await openFifo(other, mode === "r" ? "w" : "r" as "w", LIMIT);
    using fifo = await opening;
    assert(!fifo.fd.closed && !peer.fd.closed);
    assertEquals(Deno.readTextFileSync(folder.path), "mine");
  });
}

test("openFifo() refuses wrong arguments", async () => {
  using folder = new FifoFolder();
  const wrong: [string, object, RegExp][] = [
    ["rw", {}, /mode is "r" or "w"/],
    ["r", { until: "never" }, /until cannot be/],
    ["r", { nonBlocking: true }, /nonBlocking is for writing/],
    ["r", { timeout: -1 }, /timeout/],
  ];
  for (const [mode, options, message] of wrong) {
    const error = await assertRejects(() => openFifo(folder.path, mode as "r", options));
    assert((error instanceof TypeError || error instanceof RangeError) && message.test(error.message), `${error}`);
  }
  await assertRejects(() => openFifo(`${folder.path}\0`, "r"), TypeError);
});

test("openFifo() forty times at once delays no file read, and all forty end", async () => {
  using folder = new FifoFolder();
  const opening = Array.from({ length: 40 }, () => openFifo(folder.path, "w", LIMIT));
  const slowest = { ms: 0 };
  for (let i = 0; i < 20; i++) {
    const start = performance.now();
    await Deno.readTextFile("/etc/hostname");
    slowest.ms = Math.max(slowest.ms, performance.now() - start);
  }
  // With as many calls in Deno's own pool a read would wait for ever.
  assert(slowest.ms < within(1_000), `a file read took ${slowest.ms} ms`);
  using reader = await openFifo(folder.path, "r", LIMIT);
  const writers = await Promise.all(opening);
  await Promise.all(writers.map((fifo, i) => fifo.writable.getWriter().write(bytes(`${i}\n`))));
  writers.forEach((fifo) => fifo.close());
  const numbers = (await textOf(reader.readable)).trim().split("\n").map(Number).sort((a, b) => a - b);
  assertEquals(numbers, Array.from({ length: 40 }, (_, i) => i));
});

test("openFifo() of forty FIFOs waits for each, and one abort ends them all", async () => {
  using folder = new FifoFolder(false);
  const abort = new AbortController();
  const opening = Array.from({ length: 40 }, (_, i) => {
    mkfifo(`${folder.path}${i}`);
    return openFifo(`${folder.path}${i}`, "r", { signal: abort.signal }).catch((error) => error);
  });
  await using seventh = folder.shell('echo seven > "${0}7"');
  using fifo = await opening[7]!;
  assertEquals(await textOf(fifo.readable), "seven\n");
  await seventh.text();
  const reason = new Error("all of them");
  abort.abort(reason);
  assertEquals((await Promise.all(opening)).filter((end) => end === reason).length, 39);
});

test("FIFO records of at most PIPE_BUF bytes from eight writers never interleave", async () => {
  using folder = new FifoFolder();
  using fifo = await openFifo(folder.path, "r", { until: "closed" });
  const rounds = EMULATED ? 5 : 500;
  const script = `open(F, ">", shift); for (1..${rounds}) { syswrite(F, NAME x 4095 . "\\n") == 4096 or die }`;
  const names = [..."abcdefgh"];
  const writers = names.map((name) => folder.perl(script.replace("NAME", `"${name}"`)));
  const counts = new Map<string, number>();
  let records = 0;
  for await (const line of readLines(fifo.readable)) {
    const name = line[0]!;
    assertEquals(line === name.repeat(4_095), true, "two records are mixed");
    counts.set(name, (counts.get(name) ?? 0) + 1);
    if (++records === 8 * rounds) break;
  }
  assertEquals(names.map((name) => counts.get(name)), names.map(() => rounds));
  for (const writer of writers) await writer[Symbol.asyncDispose]();
}, { needs: ["perl"] });

test("openFifo() keeps a program alive that waits for nothing else", async () => {
  const program = repository("tests/pipes/programs/fifo_awaited.ts");
  using folder = new FifoFolder();
  const running = deno(program, { flags: ["--allow-write"], args: [folder.path] });
  using fifo = await openFifo(folder.path, "r", LIMIT);
  assertEquals(await textOf(fifo.readable), "it lived\n");
  assertEquals((await running).code, 0);
});
