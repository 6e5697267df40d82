import { assert, assertEquals, deno, denoCommand, denoSource, repository, test } from "../support/mod.ts";
import { ALL_DEFAULT, parseDescriptors, withoutInternal } from "./programs/reports.ts";

const HEAD = `
  import { capture, exec, pipe, shell, spawn } from "vasty/mod.ts";
  import { LIST_SIGNALS, listDescriptors } from "vasty/tests/processes/programs/reports.ts";
`;

/** What a program that ends in exec() printed, which it must have done without a word to standard error. */
async function output(body: string, options = {}): Promise<string> {
  const { stdout, stderr, code } = await denoSource(HEAD + body, { flags: ["--allow-run"], ...options });
  assertEquals([stderr, code], ["", 0]);
  return stdout;
}

test("exec() replaces the process: same pid, and nothing of this program runs any more", async () => {
  const body = `
    globalThis.addEventListener("unload", () => console.log("unload"));
    try {
      console.log(Deno.pid);
      exec(["sh", "-c", "echo $$"]);
    } finally {
      console.log("finally");
    }
  `;
  const [before, after, ...more] = (await output(body)).trimEnd().split("\n");
  assert(Number(before) > 1);
  assertEquals([after, more], [before, []]);
});

test("exec() hands over arguments, argv0, env and cwd", async () => {
  const show = 'print join("|", @ARGV, $ENV{A}, $ENV{PATH} ? "" : "cleared", readlink "/proc/self/cwd")';
  const body = `exec(["/usr/bin/perl", "-e", ${JSON.stringify(show)}, "a b", "", "$HOME"],
    { env: { A: "é" }, clearEnv: true, cwd: "/usr" })`;
  assertEquals(await output(body), "a b||$HOME|é|cleared|/usr");
  const named = `exec(["cat", "/proc/self/cmdline"], { argv0: "-name" })`;
  assertEquals(await output(named), "-name\0/proc/self/cmdline\0");
  const url = `exec(["/bin/pwd"], { cwd: new URL("file:///usr/bin/") })`;
  assertEquals(await output(url), "/usr/bin\n");
}, { needs: ["perl"] });

test("exec() takes the program from the new PATH, and shell() for a command line", async () => {
  assertEquals(await output(`exec(shell("echo $((6 * 7)) | cat"))`), "42\n");
  assertEquals(await output(`exec(["echo", "found"], { env: { PATH: "/nowhere:/usr/bin" } })`), "found\n");
});

test("exec() leaves 0, 1 and 2 open, and what is kept, nothing else", async () => {
  const body = `
    using file = Deno.openSync("/etc/passwd");
    const { reader, writer } = pipe();
    const child = spawn(["sleep", "0.2"], { stdin: "piped", stdout: "piped" });
    await capture(["true"]);
    const keep = Deno.args[0] === "keep" ? [reader, writer.number] : [];
    exec(listDescriptors(), { keep });
  `;
  const flags = ["--allow-run", "--allow-read"];
  assertEquals([...parseDescriptors(await output(body, { flags })).keys()], [0, 1, 2]);
  const kept = parseDescriptors(await output(body, { flags, args: ["keep"] }));
  assertEquals(kept.size, 5);
  assertEquals([...kept.values()].filter((target) => target.startsWith("pipe:")).length >= 2, true);
}, { needs: ["perl"] });

test("exec() keeps a descriptor under its own number, with what is in it", async () => {
  const body = `
    const { reader, writer } = pipe();
    await spawn(["echo", "from before"], { stdout: writer }).status;
    writer.close();
    exec(["cat", "/proc/self/fd/" + reader.number], { keep: [reader] });
  `;
  assertEquals(await output(body), "from before\n");
});

test("exec() gives the new program every signal at its default and none blocked", async () => {
  assertEquals(withoutInternal(await output("exec(LIST_SIGNALS)")), ALL_DEFAULT);
  const busy = `
    Deno.addSignalListener("SIGUSR2", () => {});
    Deno.addSignalListener("SIGTERM", () => {});
    await capture(["true"]);
    exec(LIST_SIGNALS);
  `;
  assertEquals(withoutInternal(await output(busy)), ALL_DEFAULT);
});

test("exec() works early and late in the life of a program", async () => {
  for (const delay of [0, 700]) {
    const body = `await new Promise((resolve) => setTimeout(resolve, ${delay})); exec(LIST_SIGNALS)`;
    assertEquals(withoutInternal(await output(body)), ALL_DEFAULT);
  }
});

test("exec() passes on the exit status of the new program, and its death by a signal", async () => {
  const ended = await denoSource(`${HEAD} exec(["sh", "-c", "exit 7"])`, { flags: ["--allow-run"] });
  assertEquals(ended.code, 7);
  const killed = await denoSource(`${HEAD} exec(["sh", "-c", "kill -TERM $$"])`, { flags: ["--allow-run"] });
  assertEquals(killed.signal, "SIGTERM");
});

test("exec() gives a shell whose pipelines end as they should", async () => {
  const body = `exec(["sh", "-c", "yes | head -1"])`;
  assertEquals(await output(body), "y\n");
});

test("exec() runs Deno again, generation after generation, with no more descriptors", async () => {
  const file = await Deno.makeTempFile({ suffix: ".ts" });
  try {
    const source = `
      import { exec } from "${new URL("../../mod.ts", import.meta.url).href}";
      import { openDescriptors } from "${new URL("../../ffi/dirent.ts", import.meta.url).href}";
      const [left, ...command] = Deno.args;
      console.log(Deno.pid, openDescriptors().length);
      if (left > 0) exec([Deno.execPath(), ...command, String(left - 1), ...command]);
    `;
    await Deno.writeTextFile(file, source);
    const [program, ...args] = denoCommand(file, { flags: ["--allow-run", "--allow-read"] });
    const { stdout, stderr } = await new Deno.Command(program!, { args: [...args, "3", ...args] }).output();
    const text = new TextDecoder().decode(stdout);
    assertEquals(new TextDecoder().decode(stderr), "");
    const rows = text.trimEnd().split("\n").map((row) => row.split(" ").map(Number));
    assertEquals(new Set(rows.map(([pid]) => pid)).size, 1);
    assertEquals(rows.length, 4);
    assert(rows.every(([, open]) => open! <= rows[0]![1]!), text);
  } finally {
    await Deno.remove(file);
  }
});

test("exec() that fails says why and leaves everything as it was, and the program goes on", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const program = repository("tests/processes/programs/failing_exec.ts");
    const { stdout, stderr } = await deno(program, {
      flags: ["--allow-run", "--allow-read", "--allow-write"],
      args: [folder],
    });
    assertEquals(stderr, "");
    assertEquals(stdout.trimEnd().split("\n"), [
      "ENOENT: ENOENT execve no-such-program",
      "EACCES: EACCES execve /folder/plain",
      "ENOEXEC: ENOEXEC execve /folder/no_format",
      "E2BIG: E2BIG execve /bin/true",
      "EBADF: EBADF fcntl 9999",
      "ENOTDIR: ENOTDIR chdir /etc/passwd",
      "missing cwd: ENOENT chdir /no/such/folder",
      "a NUL: TypeError",
      "a NUL in cwd: TypeError",
      "a closed Fd: ClosedError",
      "no command: TypeError",
      "still here",
    ]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

test("exec() names the program and the directory in its messages", async () => {
  const body = `
    for (const [command, cwd] of [[["no-such-program"], "/tmp"], [["true"], "/no/such"]]) {
      try { exec(command, { cwd }) } catch (error) { console.log(error.message) }
    }
  `;
  assertEquals(
    await output(body),
    [
      'Cannot execute "no-such-program": no such file or directory (ENOENT, execve)',
      'Cannot execute "true": enter directory "/no/such": no such file or directory (ENOENT, chdir)',
      "",
    ].join("\n"),
  );
});
