/** A daemon is the same daemon from whatever it is started. */
import { assert, assertEquals, assertMatch, denoSource, EMULATED, repository, sample, test } from "../support/mod.ts";
import { onTerminal, until } from "../examples/signalled.ts";
import { readProc } from "../support/proc.ts";
import { DaemonFolder, gone, stateOf } from "./started.ts";

/** What every daemon is that programs/subject.ts makes. */
function expected({ path, pidFile, log }: DaemonFolder) {
  return {
    leader: false,
    ownSession: true,
    terminal: "0",
    umask: "0022",
    // Deno's own.
    ignored: "0000000000001000",
    blocked: "0000000000000000",
    cwd: "/",
    streams: ["/dev/null", log, log],
    // The files, their folder for each, and Deno's copies of the streams.
    others: [path, path, pidFile, log, log, log].sort(),
  };
}

const MANY = 'for i in $(seq 10 109); do eval "exec $i< /etc/passwd"; done; exec "$@"';

const STARTS: { title: string; under?: string[]; what?: string[]; terminal?: boolean; needs?: string[] }[] = [
  { title: "directly" },
  { title: "as the leader of a session", under: ["setsid", "--wait"], needs: ["setsid"] },
  {
    title: "with signals ignored and blocked",
    under: ["env", "--ignore-signal=HUP,USR1,TERM", "--block-signal=USR2,TERM"],
  },
  { title: "with 100 inherited descriptors", under: ["bash", "-c", MANY, "-"], needs: ["bash"] },
  { title: "without standard streams", under: ["sh", "-c", 'exec "$@" <&- >&-', "-"] },
  { title: "in a deleted directory", what: ["deleted"] },
  { title: "on a terminal that hangs up", terminal: true, needs: ["script"] },
];

for (const { title, under, what, terminal, needs } of STARTS) {
  test(`daemonize() makes the same daemon started ${title}`, async () => {
    await using folder = new DaemonFolder();
    const command = folder.command({ what });
    const { code, stdout, stderr } = await folder.launched(terminal ? onTerminal(command) : command, under);
    assertEquals({ code, stdout, stderr }, { code: 0, stdout: "", stderr: "" });
    const { pid } = folder;
    // Where it is ready, its standard error is the log.
    await until("the daemon has written", () => folder.logged.includes("on standard error"));
    const { others, ...state } = stateOf(pid);
    assertEquals({ ...state, others: others.sort() }, expected(folder));
    await folder.stop();
    assertEquals(folder.files, ["d.log"]);
    assertMatch(folder.logged, /^ready in \/\non standard error\nsubject \d+: stopped by SIGTERM at /);
  }, { needs, skip: sample(title === "directly") });
}

test("daemonize() refuses a second daemon, and takes over from one that was killed", async () => {
  await using folder = new DaemonFolder();
  assertEquals((await folder.start()).code, 0);
  const { pid } = folder;
  const second = await folder.start();
  assertEquals(second.code, 1);
  assertMatch(second.stderr, new RegExp(`DaemonError: process ${pid} is running already: it has ".*d.pid" locked`));
  assertEquals(folder.pid, pid);
  Deno.kill(pid, "SIGKILL");
  await gone(pid);
  assertEquals(folder.files, ["d.log", "d.pid"]);
  assertEquals((await folder.start()).code, 0);
  assert(folder.pid !== pid);
}, { skip: EMULATED && "three daemons take a minute" });

test("daemonize() gives the daemon the same arguments, permissions and module, by a relative path", async () => {
  await using folder = new DaemonFolder();
  const flags = ["--allow-run", "--allow-read", `--allow-write=.`, "--deny-net"];
  const command = folder.command({ options: { pidFile: "d.pid", log: "d.log" }, what: ["serve", "--help", ""], flags });
  const at = command.findIndex((word) => word.endsWith("subject.ts"));
  command[at] = command[at]!.replace(/^.*\/(tests\/)/, "./$1");
  // From the folder where it is to write, by a path that leads out of it.
  const script = 'cd "$0" && ln -s "$1" tree && cd "$0" && shift && exec "$@"';
  command[at] = command[at]!.replace("./", "./tree/");
  const root = new URL("../../", import.meta.url).pathname;
  const { code, stderr } = await folder.launched(command, ["sh", "-c", script, folder.path, root]);
  assertEquals({ code, stderr }, { code: 0, stderr: "" });
  const words = readProc(`/proc/${folder.pid}/cmdline`).split("\0");
  for (const flag of flags) assert(words.includes(flag), words.join(" "));
  assertMatch(words.at(-6)!, /^file:\/\/\/\S+subject\.ts$/);
  assertEquals(words.slice(-4), ["serve", "--help", "", ""]);
  await folder.stop();
  assertEquals(folder.files, ["d.log", "tree"]);
}, { skip: EMULATED && "the command line is the emulator's" });

test("daemonize() starts a program again that was started by a URL", async () => {
  const serve = async ({ url }: Request) =>
    new Response(await Deno.readTextFile(repository(new URL(url).pathname.slice(1))), {
      headers: { "content-type": "application/typescript" },
    });
  await using server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, serve);
  await using folder = new DaemonFolder();
  const host = `127.0.0.1:${server.addr.port}`;
  const flags = ["--allow-run", "--allow-read", "--allow-write", "--no-lock", `--allow-import=${host}`];
  const url = `http://${host}/tests/daemons/programs/subject.ts`;
  const command = folder.command({ flags }).map((word) => word.endsWith("/subject.ts") ? url : word);
  const { code, stdout, stderr } = await folder.launched(command, ["env", `DENO_DIR=${folder.path}/cache`]);
  assertEquals({ code, stdout, stderr }, { code: 0, stdout: "", stderr: "" });
  assert(readProc(`/proc/${folder.pid}/cmdline`).includes(`\0${url}\0`));
  await folder.stop();
}, { skip: sample(false) });

test("daemonize() refuses what makes no sense before anything is started", async () => {
  const source = `
    import { daemonize } from "vasty/mod.ts";
    for (const options of [{ umask: 0o1000 }, { timeout: -1 }, { pidFile: "/tmp/no" }, { pidFile: 1 }, {}]) {
      await daemonize(options).catch((error) => console.log(error.name));
    }`;
  const { stdout, stderr } = await denoSource(source);
  assertEquals({ stdout, stderr }, {
    stdout: "RangeError\nRangeError\nNotCapable\nTypeError\nNotCapable\n",
    stderr: "",
  });
});
