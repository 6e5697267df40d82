import { background, capture, shell } from "../../lib/processes/mod.ts";
import { assert, assertEquals, assertThrows, children, denoSource, test } from "../support/mod.ts";
import { linkOf, readProc } from "../support/proc.ts";
import { exists, runs } from "./programs/reports.ts";

/** Wait until `done`, which nothing announces. */
async function until(done: () => boolean): Promise<void> {
  for (let turn = 0; turn < 5_000 && !done(); turn++) await new Promise((resolve) => setTimeout(resolve, 2));
  assert(done());
}

/** The process group and the session of `pid`. */
function groupOf(pid: number): number[] {
  return readProc(`/proc/${pid}/stat`).replace(/.*\) /, "").split(" ").slice(2, 4).map(Number);
}

test("background() gives the pid of a command that runs in a group of its own", () => {
  const pid = background(["sleep", "600"]);
  const [, session] = groupOf(Deno.pid);
  assertEquals(groupOf(pid), [pid, session!]);
  const leader = background(["sleep", "600"], { session: true });
  assertEquals(groupOf(leader), [leader, leader]);
  for (const each of [pid, leader]) Deno.kill(each, "SIGKILL");
});

test("background() leaves no zombie", async () => {
  const pids = Array.from({ length: 5 }, (_, code) => background(shell(`exit ${code}`)));
  await until(() => !pids.some(exists));
  assertEquals(children(), []);
});

test("background() has its command read /dev/null and write where this program writes", async () => {
  const pid = background(["sleep", "600"]);
  assertEquals(linkOf(`/proc/${pid}/fd/0`), "/dev/null");
  assertEquals(linkOf(`/proc/${pid}/fd/1`), linkOf("/proc/self/fd/1"));
  Deno.kill(pid, "SIGKILL");
  const same = background(["sleep", "600"], { stdin: undefined, processGroup: undefined });
  assertEquals([linkOf(`/proc/${same}/fd/0`), groupOf(same)[0]], ["/dev/null", same]);
  Deno.kill(same, "SIGKILL");
  const file = await Deno.makeTempFile();
  const writer = background(shell("echo out; echo err >&2"), { stdout: file, stderr: { dup: 1 } });
  await until(() => !exists(writer));
  assertEquals(await Deno.readTextFile(file), "out\nerr\n");
  await Deno.remove(file);
});

test("background() refuses what cannot be started", () => {
  assertThrows(() => background(["bogus"]), Deno.errors.NotFound, '"bogus"');
  assertThrows(() => background("sleep 1 &" as unknown as string[]), TypeError, "array of strings");
});

test("background() prints nothing, does not hold its program up, and goes on after it", async () => {
  const source = `
    import { background } from "vasty/mod.ts";
    console.log(background(["sleep", "600"], { stdout: "null", stderr: "null" }));
  `;
  const { code, stdout, stderr } = await denoSource(source, { flags: ["--allow-run=sleep"] });
  assertEquals({ code, stderr }, { code: 0, stderr: "" });
  const pid = Number(stdout);
  assert(runs(pid), `${pid} has ended with its program`);
  Deno.kill(pid, "SIGKILL");
});

test("background() commands are out of reach of a signal to this program's group", async () => {
  const source = `
    import { background } from "vasty/mod.ts";
    console.log(background(["sleep", "600"], { stdout: "null", stderr: "null" }));
    Deno.addSignalListener("SIGINT", () => Deno.exit(7));
    Deno.kill(-Deno.pid, "SIGINT");
    setTimeout(() => {}, 60_000);
  `;
  const { code, stdout } = await denoSource(source, { flags: ["--allow-run"], under: ["setsid", "--wait"] });
  const pid = Number(stdout);
  assertEquals(code, 7);
  assert(runs(pid), `${pid} got the signal`);
  Deno.kill(pid, "SIGKILL");
  assertEquals((await capture(["echo", "on"])).stdout, "on\n");
}, { needs: ["setsid"] });
