import { PidFile, PidFileError } from "../../lib/daemons/mod.ts";
import type { SyscallError } from "../../lib/core/mod.ts";
import { tryFlock } from "../../lib/locks/mod.ts";
import { capture } from "../../lib/processes/mod.ts";
import { assert, assertEquals, assertThrows, denoSource, test } from "../support/mod.ts";

/** A path in a folder of its own, gone at the end of the block. */
class Path implements Disposable {
  readonly folder: string = Deno.makeTempDirSync();
  readonly path = `${this.folder}/d.pid`;

  [Symbol.dispose](): void {
    Deno.removeSync(this.folder, { recursive: true });
  }
}

/** The reason of a refusal. */
function reasonOf(create: () => unknown): string {
  const error = assertThrows(create, PidFileError) as PidFileError;
  return error.reason;
}

test("PidFile.create() writes this process's id for all to read, and removes the file in the end", () => {
  using place = new Path();
  const before = Deno.umask(0o077);
  const file = PidFile.create(place.path);
  Deno.umask(before);
  assertEquals(Deno.readTextFileSync(place.path), `${Deno.pid}\n`);
  assertEquals(Deno.statSync(place.path).mode! & 0o777, 0o644);
  assertEquals([file.pid, file.path, PidFile.read(place.path)], [Deno.pid, place.path, Deno.pid]);
  file.remove();
  file.remove();
  assertEquals([...Deno.readDirSync(place.folder)], []);
});

test("PidFile.create() is refused while another has the file, and takes over what a dead one left", () => {
  using place = new Path();
  Deno.writeTextFileSync(place.path, "1234567890\n");
  {
    using _file = PidFile.create(place.path);
    assertEquals(Deno.readTextFileSync(place.path), `${Deno.pid}\n`);
    const error = assertThrows(() => PidFile.create(place.path), PidFileError, "is running already") as PidFileError;
    assertEquals([error.reason, error.path, error.pid], ["running", place.path, Deno.pid]);
  }
  using _again = PidFile.create(place.path, { mode: 0o600 });
});

test("PidFile.remove() leaves a file alone that is not its own any more", () => {
  using place = new Path();
  {
    using _first = PidFile.create(place.path);
    Deno.removeSync(place.path);
    Deno.writeTextFileSync(place.path, "1\n");
  }
  assertEquals(Deno.readTextFileSync(place.path), "1\n");
});

test("PidFile is seen by flock(2) and by lockf(3) of other programs", async () => {
  using place = new Path();
  using _file = PidFile.create(place.path);
  const script =
    `use Fcntl ":flock"; open my $f, "+<", shift or die; print flock($f, LOCK_EX | LOCK_NB) ? "free" : "taken"`;
  assertEquals((await capture(["perl", "-e", script, place.path])).stdout, "taken");
  const python = `import fcntl, sys
try: fcntl.lockf(open(sys.argv[1], "r+"), fcntl.LOCK_EX | fcntl.LOCK_NB); print("free")
except OSError: print("taken")`;
  assertEquals((await capture(["/usr/bin/python3", "-c", python, place.path])).stdout, "taken\n");
}, { needs: ["perl", "python3"] });

test("PidFile.create() is refused by another program's flock(2), and waits for one that only looks", () => {
  using place = new Path();
  using lock = tryFlock(place.path, "exclusive");
  assertEquals(reasonOf(() => PidFile.create(place.path)), "running");
  lock!.unlock();
  using _file = PidFile.create(place.path);
});

test("PidFile.create() refuses what is no pid file", () => {
  using place = new Path();
  Deno.writeTextFileSync(place.path, "root:x:0:0\n");
  assertEquals(reasonOf(() => PidFile.create(place.path)), "foreign");
  assertEquals(Deno.readTextFileSync(place.path), "root:x:0:0\n");
  const code = (create: () => unknown) => (assertThrows(create) as unknown as SyscallError).code;
  assertEquals(code(() => PidFile.create(place.folder)), "EISDIR");
  assertEquals(code(() => PidFile.create(`${place.folder}/none/d.pid`)), "ENOENT");
  Deno.symlinkSync(place.path, `${place.folder}/link`);
  assertEquals(code(() => PidFile.create(`${place.folder}/link`)), "ELOOP");
  assertThrows(() => PidFile.create("a\0b"), TypeError, "NUL");
  assertThrows(() => PidFile.create(place.path, { mode: 0o1000 }), RangeError, "mode");
});

test("PidFile asks for Deno's permissions", async () => {
  const source = `
    import { PidFile } from "vasty/mod.ts";
    for (const attempt of [PidFile.create, PidFile.read, PidFile.status]) {
      try { attempt("/tmp/no.pid") } catch (error) { console.log(error.message) }
    }`;
  const { stdout } = await denoSource(source);
  assertEquals(stdout.match(/^Requires read access to "\/tmp\/no.pid"/gm)?.length, 3, stdout);
});

test("PidFile is read by others while one daemon follows the other, and never half", async () => {
  using place = new Path();
  Deno.writeTextFileSync(place.path, "999999999\n");
  const source = `
    import { PidFile } from "vasty/mod.ts";
    const seen = new Set();
    console.log("READY");
    for (let i = 0; i < 3000; i++) seen.add(PidFile.read(Deno.args[0]));
    console.log([...seen].join(" "));`;
  const reading = denoSource(source, { args: [place.path], flags: [`--allow-read=${place.folder}`] });
  let over = false;
  const ended = reading.finally(() => over = true);
  while (!over) {
    PidFile.create(place.path)[Symbol.dispose]();
    Deno.writeTextFileSync(place.path, "999999999\n");
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
  const { stdout, stderr } = await ended;
  assertEquals(stderr, "");
  const numbers = new Set(stdout.trim().split(/\s+/).slice(1));
  for (const number of ["999999999", `${Deno.pid}`, "", "undefined"]) numbers.delete(number);
  assert(numbers.size === 0, stdout);
});
