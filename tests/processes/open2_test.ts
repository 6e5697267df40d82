import { readLines } from "../../lib/core/mod.ts";
import { capture, ExitError, open2 } from "../../lib/processes/mod.ts";
import { assert, assertEquals, assertRejects, assertThrows, children, size, test } from "../support/mod.ts";
import { exists } from "./programs/reports.ts";

test("open2() talks to cat -un, line by line", async () => {
  await using cat = open2(["cat", "-un"]);
  const answers = readLines(cat.stdout);
  for (let number = 1; number <= 10; number++) {
    await cat.write(`stuff ${number}\n`);
    assertEquals((await answers.next()).value, `${`${number}`.padStart(6)}\tstuff ${number}`);
  }
  assertEquals((await cat.close()).code, 0);
});

test("open2() says what Perl's open2 says", async () => {
  const perl = `use IPC::Open2; my $pid = open2(my $r, my $w, @ARGV); print $w "b\\na\\n"; close $w;
    print while <$r>; waitpid $pid, 0; print $?`;
  for (const command of [["sort"], ["sh", "-c", "cat; exit 3"], ["tr", "a-z", "A-Z"]]) {
    const { stdout } = await capture(["perl", "-e", perl, ...command]);
    await using both = open2(command, { check: false });
    both.write("b\na\n");
    await both.stdin.close();
    const text = await new Response(both.stdout).text();
    assertEquals(text + (await both.close()).raw, stdout);
  }
}, { needs: ["perl"] });

test("open2() carries more than the pipes hold, where it is read meanwhile", async () => {
  const bytes = size(4_000_000);
  await using cat = open2(["cat"]);
  const written = cat.write(new Uint8Array(bytes)).then(() => cat.stdin.close());
  const read = new Response(cat.stdout).arrayBuffer();
  assertEquals((await read).byteLength, bytes);
  await written;
  assert((await cat.close()).success);
});

test("open2() has its command's errors where this program's are, and no pipe of them", async () => {
  await using both = open2(["cat"], { stderr: "null" });
  assertThrows(() => both.stderr, TypeError, 'stderr is not "piped"');
});

test("open2() throws at close for an end without success, and for a program that is not there", async () => {
  await using both = open2(["sh", "-c", "exit 3"]);
  await assertRejects(() => both.close(), ExitError, "exit 3");
  assertThrows(() => open2(["bogus"]), Deno.errors.NotFound, '"bogus"');
  assertThrows(() => open2("cat -un" as unknown as string[]), TypeError, "array of strings");
});

test("open2() ends with the signal's reason, and the command is gone", async () => {
  const controller = new AbortController();
  const both = open2(["cat"], { signal: controller.signal });
  const reading = assertRejects(() => both.stdout.readInto(new Uint8Array(1)), Error, "enough");
  controller.abort(new Error("enough"));
  await reading;
  await assertRejects(() => both.close(), Error, "enough");
  assert(!exists(both.pid));
});

test("open2() that is disposed of leaves nothing", async () => {
  {
    await using both = open2(["sleep", "600"]);
    both.write("x");
  }
  assertEquals(children(), []);
});
