import { commandChunks, fileChunks, givenChunks } from "../../lib/processes/argument_source.ts";
import { assertEquals, assertRejects, test } from "../support/mod.ts";

const { signal } = new AbortController();

async function text(chunks: AsyncIterable<Uint8Array>): Promise<string> {
  let found = "";
  for await (const chunk of chunks) found += new TextDecoder().decode(chunk);
  return found;
}

test("fileChunks() has the bytes of a file, of a device, and of /proc", async () => {
  const file = await Deno.makeTempFile();
  await Deno.writeTextFile(file, "stuff");
  assertEquals(await text(fileChunks(file, signal)), "stuff");
  assertEquals(await text(fileChunks("/dev/null", signal)), "");
  assertEquals((await text(fileChunks("/proc/self/stat", signal))).startsWith(`${Deno.pid} (`), true);
  await Deno.remove(file);
});

test("fileChunks() opens nothing once its signal is aborted", async () => {
  const aborted = AbortSignal.abort(new Error("before"));
  await assertRejects(() => text(fileChunks("/etc/passwd", aborted)), Error, "before");
});

test("commandChunks() has the bytes that a command line writes", async () => {
  assertEquals(await text(commandChunks("echo one | tr o O", signal)), "One\n");
});

test("givenChunks() has the bytes of a stream, of a generator and of an array, to their end", async () => {
  const parts = ["one", "", "two"].map((part) => new TextEncoder().encode(part));
  const generator = async function* () {
    yield* parts;
  };
  for (const source of [ReadableStream.from(parts), generator(), parts]) {
    assertEquals(await text(givenChunks(source, signal)), "onetwo");
  }
});
