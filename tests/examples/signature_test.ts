/** What pipes/signature is for, with the real readers. */
import { assert, assertEquals, assertMatch, test } from "../support/mod.ts";
import { alive, childrenOf, exampleCommand, Folder, launched, Running } from "./launched.ts";

const STARTED = /^signature (\d+): server started on .*sig(nature)? at .*\n/;
const CONTENT = /^(\w+) \(\1@\S+\)\n.+\n/;

/** The example, in its folder. */
function started(folder: Folder, ...args: string[]): Running {
  return new Running(exampleCommand("pipes/signature", ...args), { cwd: folder.path });
}

async function cat(path: string): Promise<{ text: string; at: number }> {
  const { stdout } = await new Deno.Command("cat", { args: [path], stdin: "null" }).output();
  return { text: new TextDecoder().decode(stdout), at: performance.now() };
}

async function ended(running: Running, signal: Deno.Signal): Promise<void> {
  // A typed ^C reaches the example itself; TERM is forwarded by the launcher.
  const [example] = childrenOf(running.child.pid);
  if (signal === "SIGINT") Deno.kill(example!, signal);
  else running.child.kill(signal);
  const { code, stderr } = await running.end();
  assertEquals(code, 0, stderr);
  assert(!alive(example!), `process ${example} is left`);
}

test("pipes/signature gives each reader its name line and another fortune, 2 s apart", async () => {
  using folder = new Folder();
  const running = started(folder, "sig");
  const [, pid] = STARTED.exec(await running.stdout.until(STARTED))!;
  assertEquals(Number(pid), childrenOf(running.child.pid)[0]);
  const path = `${folder.path}/sig`;
  assertEquals([Deno.lstatSync(path).isFifo, Deno.lstatSync(path).mode! & 0o777], [true, 0o700]);
  const readings = [await cat(path), await cat(path), await cat(path)];
  for (const { text } of readings) assertMatch(text, CONTENT);
  const [first, second, third] = readings;
  assert(first!.text !== second!.text && second!.text !== third!.text);
  // From the second on each waits for the pause after the one before, less the time that its own end took to be seen.
  assert(third!.at - second!.at > 1_800, `${third!.at - second!.at} ms`);
  await ended(running, "SIGINT");
  assertEquals(folder.files, ["lines.txt"]);
});

test("pipes/signature is ~/.signature without an argument, is remade when removed, and gone after TERM", async () => {
  using folder = new Folder();
  // Deno's own cache comes beside it.
  const env = { HOME: folder.path };
  const running = new Running(exampleCommand("pipes/signature"), { cwd: folder.path, env });
  await running.stdout.until(STARTED);
  const path = `${folder.path}/.signature`;
  Deno.removeSync(path);
  while (!folder.files.includes(".signature")) await new Promise((resolve) => setTimeout(resolve, 1));
  assertMatch((await cat(path)).text, CONTENT);
  await ended(running, "SIGTERM");
  assert(!folder.files.includes(".signature"));
});

test("pipes/signature refuses a regular file in its place, and leaves it as it is", async () => {
  using folder = new Folder();
  const { code, stdout, stderr } = await launched(exampleCommand("pipes/signature", "lines.txt"), { cwd: folder.path });
  assertEquals({ code, stdout }, { code: 1, stdout: "" });
  assertMatch(stderr, /signature: Cannot create FIFO "lines\.txt": file exists \(EEXIST, mkfifo\)\n$/);
  assertEquals(Deno.readTextFileSync(`${folder.path}/lines.txt`), "tcp one\nsecond\n");
});

test("pipes/signature ends with an error where a regular file takes its place", async () => {
  using folder = new Folder();
  const running = started(folder, "sig");
  await running.stdout.until(STARTED);
  Deno.renameSync(`${folder.path}/lines.txt`, `${folder.path}/sig`);
  const { code, stderr } = await running.end();
  assertEquals(code, 1);
  assertMatch(stderr, /signature: Cannot create FIFO "sig": file exists/);
  assertEquals(Deno.readTextFileSync(`${folder.path}/sig`), "tcp one\nsecond\n");
});
