import { pipe } from "../../lib/pipes/mod.ts";
import { capture, open3, shell } from "../../lib/processes/mod.ts";
import { assert, assertEquals, assertThrows, size, test } from "../support/mod.ts";

const text = (stream: ReadableStream<Uint8Array>) => new Response(stream).text();

test("open3() has three pipes", async () => {
  await using three = open3(shell('read line; echo "out $line"; echo "err $line" >&2; exit 0'));
  await three.write("stuff\n");
  assertEquals(await Promise.all([text(three.stdout), text(three.stderr)]), ["out stuff\n", "err stuff\n"]);
  assertEquals((await three.close()).code, 0);
});

test("open3() says what Perl's open3 says", async () => {
  const perl = `use IPC::Open3; use Symbol "gensym"; my $e = gensym; my $pid = open3(my $w, my $r, $e, @ARGV);
    print $w "a\\n"; close $w; print <$r>, <$e>; waitpid $pid, 0; print $?`;
  for (const command of [shell("cat; cat nofile-here; exit 4"), shell("echo x >&2; cat; kill -TERM $$")]) {
    const { stdout } = await capture(["perl", "-e", perl, ...command]);
    await using three = open3(command, { check: false });
    three.write("a\n");
    await three.stdin.close();
    const [out, err] = await Promise.all([text(three.stdout), text(three.stderr)]);
    assertEquals(out + err + (await three.close()).raw, stdout);
  }
}, { needs: ["perl"] });

test("open3() takes descriptors in place of pipes, by owner and by number, and leaves them open", async () => {
  const [input, output] = [pipe(), pipe()];
  await using feeder = open3(["echo", "fed"], { stdout: input.writer });
  await feeder.close();
  input.writer.close();
  await using three = open3(shell("cat; echo odd >&2"), { stdin: input.reader, stdout: output.writer.number });
  assertThrows(() => three.stdin, TypeError, "no pipe");
  assertThrows(() => three.write("x"), TypeError, "no pipe");
  assertThrows(() => three.stdout, TypeError, '"piped"');
  assertEquals(await text(three.stderr), "odd\n");
  assert((await three.close()).success);
  assert(!input.reader.closed && !output.writer.closed);
  await using reader = open3(["cat"], { stdin: output.reader });
  output.writer.close();
  output.reader.close();
  input.reader.close();
  assertEquals(await text(reader.stdout), "fed\n");
});

test("open3() has both outputs in one pipe, as Perl's without an error handle", async () => {
  await using three = open3(shell("echo one; echo two >&2; echo three"), { stderr: { dup: 1 } });
  assertThrows(() => three.stderr, TypeError, '"piped"');
  assertEquals(await text(three.stdout), "one\ntwo\nthree\n");
});

test("open3() has no deadlock where all three are used at once", async () => {
  const bytes = size(2_000_000);
  await using three = open3(shell(`head -c ${bytes} /dev/zero >&2; cat`));
  const written = three.write(new Uint8Array(bytes)).then(() => three.stdin.close());
  const [out, err] = await Promise.all(
    [three.stdout, three.stderr].map((stream) => new Response(stream).arrayBuffer()),
  );
  assertEquals([out!.byteLength, err!.byteLength], [bytes, bytes]);
  await written;
  assert((await three.close()).success);
});

test("open3() names a program that does not exist, before anything is written", () => {
  assertThrows(() => open3(["bogus"]), Deno.errors.NotFound, 'Cannot spawn "bogus"');
});
