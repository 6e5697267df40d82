import type { SyscallError } from "../../lib/core/mod.ts";
import { pipe } from "../../lib/pipes/mod.ts";
import { capture, type Redirect, run, runSync, spawn, type SpawnOptions } from "../../lib/processes/mod.ts";
import { Redirects } from "../../lib/processes/redirects.ts";
import {
  assert,
  assertEquals,
  assertRejects,
  assertThrows,
  deno,
  denoSource,
  repository,
  sample,
  test,
} from "../support/mod.ts";

/** Runs `body` with a folder of its own. */
async function inFolder(body: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await body(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

test("spawn() opens files by path, by URL and by name: read, write, append, read-write", () =>
  inFolder(async (folder) => {
    const path = `${folder}/o u%t`;
    const url = new URL(`file://${folder}/o%20u%25t`);
    const steps: [Redirect, string][] = [
      [path, "1\n"],
      [url, "1\n"],
      [{ path, access: "append" }, "1\n1\n"],
      [{ path: url, access: "append", mode: 0o600 }, "1\n1\n1\n"],
      [{ path, access: "read-write" }, "1\n1\n1\n"],
      [{ path, access: "write" }, "1\n"],
    ];
    for (const [stdout, wanted] of steps) {
      await run(["echo", "1"], { stdout });
      assertEquals(await Deno.readTextFile(path), wanted, Deno.inspect(stdout));
    }
    assertEquals((await capture(["cat"], { stdin: path })).stdout, "1\n");
    assertEquals((await capture(["sh", "-c", "cat <&5"], { fds: { 5: url } })).stdout, "1\n");
    assertEquals((await capture(["sh", "-c", "echo x >&5"], { fds: { 5: { path, access: "append" } } })).stdout, "");
    assertEquals(await Deno.readTextFile(path), "1\nx\n");
  }));

test("spawn() refuses other libraries' words for what a stream can be, and makes no file of that name", () =>
  inFolder(async (cwd) => {
    const here = { pipe: "piped", overlapped: "piped", ignore: "null", inherited: "inherit" };
    for (const [word, ours] of Object.entries(here)) {
      const message = `"${word}" is "${ours}" here; a file of that name is "./${word}"`;
      for (const options of [{ stdin: word }, { stdout: word }, { stderr: word }, { fds: { 3: word } }]) {
        assertThrows(() => spawn(["true"], options), TypeError, message);
      }
      assertThrows(() => Deno.statSync(word), Deno.errors.NotFound);
      await run(["echo", word], { stdout: { path: `${cwd}/${word}` } });
      assertEquals((await capture(["cat"], { stdin: `${cwd}/./${word}` })).stdout, `${word}\n`);
    }
  }));

test("spawn() creates a file with mode, less the umask", () =>
  inFolder(async (folder) => {
    const before = Deno.umask(0o027);
    try {
      await run(["true"], { stdout: `${folder}/default`, stderr: { path: `${folder}/mode`, mode: 0o755 } });
    } finally {
      Deno.umask(before);
    }
    const mode = (name: string) => Deno.statSync(`${folder}/${name}`).mode! & 0o777;
    assertEquals([mode("default"), mode("mode")], [0o640, 0o750]);
  }));

test("spawn() gives the child files that block, whatever opening them took", async () => {
  const { stdout } = await capture(["sed", "-n", "s/flags://p", "/proc/self/fdinfo/0"], { stdin: "/dev/zero" });
  assertEquals(parseInt(stdout, 8) & 0o4000, 0);
});

test("spawn() takes a relative path from the program's directory, not the child's", () =>
  inFolder(async (folder) => {
    const source = `
      import { run } from "vasty/mod.ts";
      await run(["cp", "/dev/stdin", "copy"], { stdin: "here", cwd: "sub" });
      await run(["true"], { stdout: "./null" });
    `;
    await Deno.mkdir(`${folder}/sub`);
    await Deno.writeTextFile(`${folder}/here`, "found");
    const ended = await denoSource(source, { flags: ["--allow-run", "--allow-read", "--allow-write"], cwd: folder });
    assertEquals(ended.stderr, "");
    assertEquals(await Deno.readTextFile(`${folder}/sub/copy`), "found");
    assertEquals(await Deno.readTextFile(`${folder}/null`), "");
  }));

const UNOPENED: [SpawnOptions, string, string][] = [
  [{ stdin: "/no/such/file" }, "ENOENT", 'open "/no/such/file": no such file or directory (ENOENT, open)'],
  [{ stdout: "/no/such/file" }, "ENOENT", 'open "/no/such/file"'],
  [{ stdout: "/tmp" }, "EISDIR", 'open "/tmp": is a directory'],
  [{ fds: { 4: "/etc/passwd/x" } }, "ENOTDIR", 'open "/etc/passwd/x"'],
];

test("spawn() names a file that cannot be opened, and starts nothing", () => {
  for (const [options, code, text] of UNOPENED) {
    const error = assertThrows(() => spawn(["true"], options), Error, `Cannot spawn "true": ${text}`) as SyscallError;
    assertEquals([error.code, error.syscall], [code, "open"]);
    assert(text.includes(error.path!));
  }
});

test("spawn() refuses what is no descriptor, also where its lower half would be one", () => {
  for (const fd of [-1, 1.5, NaN, 2 ** 31, 2 ** 32 + 1]) {
    assertThrows(() => spawn(["true"], { stdout: fd }), RangeError, "A descriptor is an integer from 0 on, not");
    assertThrows(() => spawn(["true"], { fds: { 3: fd } }), RangeError, `${fd}`);
  }
});

test("spawn() fails at once where a FIFO has no reader, and does not wait where it has no writer", () =>
  inFolder(async (folder) => {
    const path = `${folder}/fifo`;
    await run(["mkfifo", path]);
    const error = assertThrows(() => spawn(["true"], { stdout: path }), Error, `open "${path}"`) as SyscallError;
    assertEquals(error.code, "ENXIO");
    assertEquals(runSync(["cat"], { stdin: path, timeout: 5_000 }).code, 0);
    assert((await run(["true"], { stdin: { path, access: "read-write" } })).success);
  }));

test("spawn() closes what it opened and leaves what was given", () =>
  inFolder(async (folder) => {
    const { reader, writer } = pipe();
    await run(["echo", "x"], { stdin: "null", stdout: writer, stderr: `${folder}/errors` });
    assert(!writer.closed && !reader.closed);
    writer.close();
    assertEquals((await capture(["cat"], { stdin: reader })).stdout, "x\n");
    reader.close();
  }));

test("spawn() inherits, redirects one stream to another, and connects /dev/null", async () => {
  const source = `
    import { run } from "vasty/mod.ts";
    await run(["sh", "-c", "echo one; echo two >&2"]);
    await run(["sh", "-c", "echo three; echo four >&2"], { stdout: 2, stderr: 1 });
    await run(["sh", "-c", "cat; echo five; echo six >&2"], { stdin: "null", stdout: "null", stderr: "null" });
  `;
  const { stdout, stderr } = await denoSource(source, { flags: ["--allow-run"] });
  assertEquals({ stdout, stderr }, { stdout: "one\nfour\n", stderr: "two\nthree\n" });
});

for (const closed of [[], [0], [1], [2], [0, 1], [0, 2], [1, 2], [0, 1, 2]]) {
  for (const when of ["before it starts", "while it runs"]) {
    test(
      `spawn() works where the program's descriptors ${closed.join(", ") || "none"} are closed ${when}`,
      () =>
        inFolder(async (folder) => {
          const shell = `exec "$@" ${closed.map((fd) => `${fd}<&-`).join(" ")}`;
          const under = when === "while it runs" ? [] : ["sh", "-c", shell, "sh"];
          const args = [`${folder}/report`, ...(when === "while it runs" ? closed.map(String) : [])];
          const flags = ["--allow-run", "--allow-read", "--allow-write"];
          const program = repository("tests/processes/programs/closed_standard.ts");
          const { code, stderr } = await deno(program, { flags, under, args });
          assertEquals([code, stderr], [0, ""]);
          assertEquals(JSON.parse(await Deno.readTextFile(`${folder}/report`)), {
            echoed: "hello",
            sync: "hello",
            standard: "0 1 2",
            further: "0 1 2 3 4",
            lines: "a b",
            failure: "ENOENT",
          });
        }),
      { needs: ["perl"], skip: sample(closed.length !== 2 && closed[0] === 0) },
    );
  }
}

test("Redirects closes its ends when one of them cannot be made", () => {
  assertThrows(() => new Redirects("x", { stdin: "piped", stdout: "piped", stderr: "/no/such/file" }));
  using redirects = new Redirects("x", { stdin: "piped", stdout: "null", stderr: "piped" });
  assertEquals([...redirects.map.keys()], [0, 1, 2]);
  using end = redirects.take(0);
  assert(end !== undefined && redirects.take(0) === undefined && redirects.take(1) === undefined);
});

for (const state of ["warm", "cold"]) {
  test(
    `spawn() says EMFILE where no descriptors are left, and works when there are some again (${state})`,
    async () => {
      const program = repository("tests/processes/programs/no_descriptors.ts");
      const under = ["prlimit", "--nofile=128"];
      const { stdout, stderr, code } = await deno(program, { flags: ["--allow-run"], under, args: [state] });
      assertEquals([stderr, code], ["", 0]);
      assertEquals(JSON.parse(stdout), { wrong: [], started: true, left: 0, children: "sh" });
    },
    { needs: ["prlimit"], skip: sample(state === "cold") },
  );
}

test("run() rejects, and does not throw, where a file cannot be opened", async () => {
  await assertRejects(() => run(["true"], { stdin: "/no/such/file" }), Deno.errors.NotFound);
});
