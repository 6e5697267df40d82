import { assert, assertEquals, assertMatch, deno, denoSource, repository, sample, test } from "../support/mod.ts";

/** What the program of programs/permissions.ts reports under `flags`. */
async function attempts(flags: string[]) {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.copyFile("/bin/echo", `${folder}/echo`);
    const ended = await deno(repository("tests/processes/programs/permissions.ts"), { flags, args: [folder] });
    assertEquals([ended.stderr, ended.code], ["", 0]);
    const text = ended.stdout.replaceAll(folder, "/folder");
    return JSON.parse(text) as { theirs: Record<string, string>; ours: Record<string, string>; viaShell: string };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const GRANTS: Record<string, string[]> = {
  "no permission": [],
  "run permission for echo": ["--allow-run=echo"],
  "run permission for /bin/echo": ["--allow-run=/bin/echo"],
  "run permission for everything": ["--allow-run"],
  "run permission for everything but cat": ["--allow-run", "--deny-run=cat"],
  "run permission for everything but /bin/cat": ["--allow-run", "--deny-run=/bin/cat"],
  "run permission for echo and env permission": ["--allow-run=echo", "--allow-env"],
  "run permission for sh": ["--allow-run=/bin/sh"],
};

for (const [what, flags] of Object.entries(GRANTS)) {
  test(
    `spawn(), capture(), captureSync() and exec() run what Deno.Command runs with ${what}, with its words`,
    async () => {
      const { theirs, ours, viaShell } = await attempts(flags);
      assertEquals(ours, theirs);
      const sh = flags.includes("--allow-run") || flags.includes("--allow-run=/bin/sh");
      assertEquals(viaShell, sh ? "ran" : 'Requires run access to "/bin/sh", run again with the --allow-run flag');
    },
    { skip: sample(flags.join() === "--allow-run") },
  );
}

test("spawn() runs echo and nothing else with --allow-run=echo", async () => {
  const { ours } = await attempts(["--allow-run=echo"]);
  const ran = Object.keys(ours).filter((name) => ours[name] === "ran");
  assert(ran.every((name) => ["echo", "/bin/echo", "/usr/bin/echo"].includes(name)), ran.join());
  assert(ran.includes("echo"));
});

test("spawn() needs read and write permission for files, with Deno's own words", async () => {
  const source = `
    import { spawn } from "vasty/mod.ts";
    const said = (body) => { try { return String(body() && "opened") } catch (error) { return error.name + ": " + error.message } };
    const cases = [
      [{ stdin: "/etc/passwd" }, { read: true }],
      [{ stdout: "/etc/vasty" }, { write: true, create: true, truncate: true }],
      [{ stderr: { path: "/etc/vasty", access: "append" } }, { append: true, create: true }],
      [{ fds: { 5: "/etc/passwd" } }, { read: true }],
    ];
    for (const [options, open] of cases) {
      const path = Object.values(open).length > 1 ? "/etc/vasty" : "/etc/passwd";
      console.log(said(() => spawn(["true"], options)) === said(() => Deno.openSync(path, open)));
    }
    console.log(said(() => spawn(["true"], { stdin: "/etc/passwd" })));
    console.log(said(() => spawn(["true"], { stdout: { path: "/etc/vasty", access: "read-write" } })));
    console.log(said(() => spawn(["true"], { stdin: "null", stdout: "piped" })));
  `;
  const { stdout, stderr } = await denoSource(source, { flags: ["--allow-run=true"] });
  assertEquals(stderr, "");
  const rows = stdout.trimEnd().split("\n");
  assertEquals(rows.slice(0, 4), ["true", "true", "true", "true"]);
  assertEquals(rows[4], 'NotCapable: Requires read access to "/etc/passwd", run again with the --allow-read flag');
  assertMatch(rows[5]!, /^NotCapable: Requires (read|write) access to "\/etc\/vasty"/);
  assertEquals(rows[6], "opened");
});

test("spawn() takes a file that is granted, and none beside it", async () => {
  const source = `
    import { run } from "vasty/mod.ts";
    await run(["true"], { stdin: "/etc/passwd" });
    await run(["true"], { stdin: new URL("file:///etc/passwd") });
    console.log(await run(["true"], { stdin: "/etc/group" }).catch((error) => error.name));
    console.log(await run(["true"], { stdin: "/etc/../etc/group" }).catch((error) => error.name));
  `;
  const { stdout, stderr } = await denoSource(source, { flags: ["--allow-run=true", "--allow-read=/etc/passwd"] });
  assertEquals({ stdout, stderr }, { stdout: "NotCapable\nNotCapable\n", stderr: "" });
});

test("spawn() under a path-scoped ffi permission asks for nothing more", async () => {
  const source = `
    import { capture, captureSync, lines, run, runSync } from "vasty/mod.ts";
    await run(["echo", "1"]);
    runSync(["echo", "2"]);
    console.log((await capture(["echo", "3"], { stdin: "null", timeout: 5_000 })).stdout);
    console.log(captureSync(["echo", "4"], { input: "x", env: { A: "1" }, cwd: "/" }).stdout);
    for await (const line of lines(["echo", "5"])) console.log(line);
  `;
  const { stdout, stderr, code } = await denoSource(source, { flags: ["--allow-run=echo"] });
  assertEquals({ stdout, stderr, code }, { stdout: "1\n2\n3\n\n4\n\n5\n", stderr: "", code: 0 });
});
