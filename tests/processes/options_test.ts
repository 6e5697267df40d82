import { capture, captureSync, lines, run, spawn } from "../../lib/processes/mod.ts";
import { assert, assertEquals, assertRejects, assertThrows, denoSource, test, within } from "../support/mod.ts";

test("SpawnOptions: stdin, stdout and stderr are the program's own by default", async () => {
  const target = async (fd: number) => (await capture(["readlink", `/proc/self/fd/${fd}`])).stdout.trim();
  assertEquals(await target(0), captureSync(["readlink", `/proc/${Deno.pid}/fd/0`]).stdout.trim());
  const source = `
    import { run, spawn } from "vasty/mod.ts";
    await run(["sh", "-c", "echo out; echo err >&2"]);
    await spawn(["sh", "-c", "echo out; echo err >&2"]).status;
  `;
  const { stdout, stderr } = await denoSource(source, { flags: ["--allow-run=sh"] });
  assertEquals({ stdout, stderr }, { stdout: "out\nout\n", stderr: "err\nerr\n" });
});

test("SpawnOptions: the working directory, the environment and the name are the program's own by default", async () => {
  const { stdout } = await capture(["sh", "-c", 'pwd -P; echo "$PATH $0"']);
  assertEquals(stdout, `${Deno.cwd()}\n${Deno.env.get("PATH")} sh\n`);
});

test("SpawnOptions: grace is 50 milliseconds by default, and as long as one says", async () => {
  for (const [grace, least, most] of [[undefined, 45, 120], [300, 295, 400]] as const) {
    await using child = spawn(["perl", "-e", '$SIG{TERM} = "IGNORE"; $| = 1; print "READY"; sleep 60'], {
      stdout: "piped",
      timeout: 200,
      grace,
    });
    await child.stdout.readInto(new Uint8Array(5));
    const reached = Promise.withResolvers<number>();
    child.stdout.readInto(new Uint8Array(1)).catch(() => reached.resolve(performance.now()));
    await assertRejects(() => child.status, DOMException, "Timed out after 200 ms");
    const took = performance.now() - await reached.promise;
    assert(took >= least && took <= within(most), `${took} ms`);
  }
}, { needs: ["perl"] });

test("CommandOptions: check is true by default", async () => {
  await assertRejects(() => run(["false"]), Error, "Command failed: false: exit 1");
  assertEquals((await run(["false"], { check: false })).code, 1);
  await assertRejects(() => Array.fromAsync(lines(["false"])), Error, "exit 1");
  assertEquals(await Array.fromAsync(lines(["false"], { check: false })), []);
});

test("SpawnOptions: a stream exists where it is piped, and nowhere else", async () => {
  await using child = spawn(["true"], { stdin: "null", stdout: "null", stderr: "null" });
  for (const name of ["stdin", "stdout", "stderr"] as const) {
    assertThrows(() => child[name], TypeError, `${name} is not "piped"`);
  }
  await child.status;
});

test("FileRedirect: access is read for 0 and above 2, write for 1 and 2", async () => {
  const file = await Deno.makeTempFile();
  try {
    const access = (fd: number) => ["sed", "-n", "s/^flags:.*\\(.\\)$/\\1/p", `/proc/self/fdinfo/${fd}`];
    assertEquals((await capture(access(0), { stdin: file })).stdout, "0\n");
    assertEquals((await capture(access(7), { fds: { 7: file } })).stdout, "0\n");
    assertEquals((await capture(access(2), { stderr: file })).stdout, "1\n");
    await run(access(1), { stdout: file });
    assertEquals(await Deno.readTextFile(file), "1\n");
  } finally {
    await Deno.remove(file);
  }
});
