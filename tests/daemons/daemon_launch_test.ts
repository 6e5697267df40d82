/** What a launcher says and leaves of a daemon that did not become ready. */
import { DaemonError } from "../../lib/daemons/mod.ts";
import { assert, assertEquals, assertMatch, denoSource, sample, test } from "../support/mod.ts";
import { until } from "../examples/signalled.ts";
import { DaemonFolder, gone, lives, START } from "./started.ts";

const FAILURES: { title: string; what: string[]; says: RegExp }[] = [
  {
    title: "throws",
    what: ["throw"],
    says: /Uncaught .* Error: no good\n[^]*DaemonError: The daemon ended before it was ready: exit 1\n/,
  },
  { title: "exits", what: ["exit"], says: /DaemonError: The daemon ended before it was ready: exit 3\n/ },
  { title: "exits with 0", what: ["leave"], says: /DaemonError: The daemon ended before it was ready: exit 0\n/ },
  {
    title: "is killed",
    what: ["kill"],
    says: /DaemonError: The daemon ended before it was ready: killed by SIGKILL\n/,
  },
  { title: "fails", what: ["fail"], says: /^error: Uncaught \(in promise\) DaemonError: no disk\n/ },
];

for (const { title, what, says } of FAILURES) {
  test(`daemonize() fails with the reason of a daemon that ${title}`, async () => {
    await using folder = new DaemonFolder();
    const { code, stdout, stderr } = await folder.start({ what });
    assertEquals([code, stdout], [1, ""]);
    assertMatch(stderr, says);
    // One that was killed has removed nothing, and the next one takes it over.
    assertEquals(folder.files, /exits|killed/.test(title) ? ["d.log", "d.pid"] : ["d.log"]);
  }, { skip: sample(title === "fails") });
}

const REFUSED: [options: object, says: RegExp][] = [
  [{ log: "/no such folder/log" }, /DaemonError: Cannot open the log "\/no such folder\/log": no such file .*ENOENT/],
  [{ cwd: "/no such folder" }, /DaemonError: Cannot enter directory "\/no such folder": no such file .*ENOENT, chdir/],
  [{ user: "no such user" }, /DaemonError: There is no user "no such user"\n/],
];

test("daemonize() names what could not be had, and leaves no pid file", async () => {
  for (const [options, says] of REFUSED) {
    await using folder = new DaemonFolder();
    const { code, stderr } = await folder.start({ options });
    assertEquals(code, 1);
    assertMatch(stderr, says);
    assert(!folder.files.includes("d.pid"));
  }
});

test("daemonize() ends a daemon that is not ready in time", async () => {
  await using folder = new DaemonFolder();
  const launcher = folder.launch({ what: ["hang"], options: { timeout: START / 10 } });
  const pid = await until("the daemon has its pid file", () => pidOf(folder));
  const { code, stderr } = await launcher.end("");
  assertEquals(code, 1);
  assertMatch(stderr, /^error: Uncaught \(in promise\) TimeoutError: Timed out after \d+ ms\n/);
  assert(!lives(pid));
});

test("daemonize() leaves no daemon whose launcher is killed, nor its pid file", async () => {
  await using folder = new DaemonFolder();
  const launcher = folder.launch({ what: ["hang"] });
  const pid = await until("the daemon has its pid file", () => pidOf(folder));
  launcher.child.kill("SIGKILL");
  await launcher.end("");
  await gone(pid);
  assertEquals(folder.files, ["d.log"]);
});

test("daemonize() sees the end of a daemon whose child has all its descriptors", async () => {
  await using folder = new DaemonFolder();
  const file = `${folder.path}/child`;
  const { code, stderr } = await folder.start({ what: ["child", file] });
  const child = Number(Deno.readTextFileSync(file));
  Deno.kill(child, "SIGKILL");
  assertEquals(code, 1);
  assertMatch(stderr, /DaemonError: a child is left\n/);
  await gone(child);
}, { skip: sample(false) });

test("daemonize() can be tried again by a program that has caught the failure", async () => {
  const source = `
    import { daemonize, DaemonError } from "vasty/mod.ts";
    import { children } from "vasty/tests/support/leaks.ts";
    for (const cwd of ["/no such folder", "/nor this one"]) {
      await daemonize({ cwd }).catch((error) => console.log(error instanceof DaemonError, error.message));
    }
    console.log(children());`;
  const { stdout, stderr } = await denoSource(source, { flags: ["--allow-run", "--allow-env"] });
  // The daemon runs the program from its beginning, so the first call is the one that fails there both times.
  const line = (path: string) => `true Cannot enter directory "${path}": no such file or directory (ENOENT, chdir)\n`;
  assertEquals({ stdout, stderr }, { stdout: `${line("/no such folder")}${line("/no such folder")}[]\n`, stderr: "" });
}, { skip: sample(false) });

test("DaemonError has a name", () => {
  assertEquals(new DaemonError("no").name, "DaemonError");
});

/** The daemon's process id, once it has locked its file. */
function pidOf(folder: DaemonFolder): number | undefined {
  try {
    return folder.pid;
  } catch {
    return undefined;
  }
}
