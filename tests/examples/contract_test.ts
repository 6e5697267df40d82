/** The contract of every example, over every example there is. */
import { describe, exampleNames } from "../../tools/examples.ts";
import { assert, assertEquals, assertMatch, repository, test } from "../support/mod.ts";
import { alive, childrenOf, exampleCommand, Folder, launched, Running } from "./launched.ts";

/** How to run an example. */
interface Case {
  /** Arguments that make no sense; none where every argument does. */
  wrong?: string[];
  /** Arguments that name the relative file "lines.txt", and what comes of it. */
  file?: { args: string[]; stdout: RegExp };
  /** Arguments with which it waits for its standard input, and what is seen first, and where. */
  waits?: { args: string[]; ready: RegExp; on: "stdout" | "stderr" };
  /** Arguments that end well at once; of one that serves, when INT comes. None if only a signal ends it, and not well. */
  works?: string[];
  /** It runs until INT or TERM: the first line that it prints. */
  serves?: RegExp;
  /** Programs that it starts and a machine may lack. */
  needs?: string[];
  /** Flags without a value: no argument names the thing. */
  unscoped?: string[];
}

const serving = (name: string) =>
  new RegExp(`^${name} \\d+: server started on port \\d+ at \\w{3} \\w{3} [ \\d]\\d \\d\\d:\\d\\d:\\d\\d \\d{4}\\n`);

const CASES: Record<string, Case> = {
  // What it makes stays: daemons_test.ts has it make daemons and end them.
  "daemons/daemonize": { wrong: ["one"] },
  // The same: daemon_server_test.ts.
  "daemons/server": { wrong: ["1", "2", "3", "4"], unscoped: ["--allow-net", "--allow-run"] },
  "pipes/background": {
    wrong: [],
    // It does not wait for its command, which may be the faster one.
    file: { args: ["cat", "lines.txt"], stdout: /^(\d+\ntcp one\nsecond\n|tcp one\nsecond\n\d+\n)$/ },
    works: ["true"],
  },
  "pipes/backticks": {
    wrong: [],
    file: { args: ["cat", "lines.txt"], stdout: /^tcp one\nsecond\n$/ },
    waits: { args: ["sh", "-c", "echo READY >&2; exec cat"], ready: /^READY\n/, on: "stderr" },
    works: ["true"],
  },
  // It reads nothing and ends by itself.
  "pipes/bogus": { wrong: ["argument"], works: [] },
  "pipes/deadlock": { wrong: ["argument"], works: [] },
  "pipes/diamond": {
    file: { args: ["lines.txt"], stdout: /^tcp one\nsecond\n$/ },
    waits: { args: ["echo READY|", "-"], ready: /^READY\n/, on: "stdout" },
    works: ["/dev/null"],
    unscoped: ["--allow-read"],
  },
  "pipes/list_form": {
    file: { args: ["SECOND", "lines.txt"], stdout: /\nsecond\n +1\tsecond\n$/ },
    waits: { args: ["x", "-"], ready: /\n/, on: "stdout" },
    works: [],
    needs: ["ps", "egrep"],
  },
  "pipes/open2": { wrong: ["argument"], works: [] },
  "pipes/open3": { wrong: ["argument"], works: [] },
  "pipes/pipe1": { wrong: ["argument"], works: [] },
  "pipes/pipe2": { wrong: ["argument"], works: [] },
  "pipes/safe_read": {
    wrong: [],
    file: { args: ["cat", "lines.txt"], stdout: /^tcp one\nsecond\n$/ },
    waits: { args: ["sh", "-c", "echo READY; exec cat"], ready: /^READY\n/, on: "stdout" },
    works: ["true"],
  },
  "pipes/spooler": {
    wrong: [],
    file: { args: ["cat", "lines.txt"], stdout: /^tcp one\nsecond\n$/ },
    waits: { args: ["sh", "-c", "echo READY; exec cat"], ready: /^READY\n/, on: "stdout" },
    works: ["cat"],
  },
  // As another user it needs root; as this one it does not.
  "pipes/safe_write": { wrong: [], works: ["/dev/null", `${Deno.uid()}`] },
  "pipes/signature": {
    wrong: ["one", "two"],
    works: ["sig"],
    serves: /^signature \d+: server started on sig at \w{3} \w{3} [ \d]\d \d\d:\d\d:\d\d \d{4}\n/,
  },
  "pipes/status": {
    file: { args: ["cat", "lines.txt"], stdout: /^second\n$/ },
    waits: { args: ["sh", "-c", "echo READY; exec cat"], ready: /^READY\n/, on: "stdout" },
    works: ["true"],
  },
  "servers/backsniff": {
    wrong: ["--bind", "127.0.0.1"],
    works: ["--bind", "127.0.0.1", "0"],
    serves: serving("backsniff"),
    unscoped: ["--allow-net"],
  },
  "servers/command": {
    wrong: ["one", "two"],
    works: ["--bind", "127.0.0.1", "0"],
    serves: serving("command"),
    unscoped: ["--allow-net"],
  },
  // It ends by the signal that ends it.
  "servers/fwdport": {
    wrong: ["-l", "127.0.0.1:0"],
    works: ["-l", "127.0.0.1:0", "-r", "127.0.0.1:9"],
    serves: serving("fwdport"),
    unscoped: ["--allow-net"],
  },
  "servers/hardened": { wrong: ["one", "two"], unscoped: ["--allow-net", "--allow-env"] },
  "servers/multihomed": { wrong: [], works: ["127.0.0.1:0"], serves: serving("multihomed"), unscoped: ["--allow-net"] },
  "servers/nonforking": {
    wrong: ["one", "two"],
    works: ["--bind", "127.0.0.1", "0"],
    serves: serving("nonforking"),
    unscoped: ["--allow-net"],
  },
  "servers/phoenix": {
    wrong: ["one", "two"],
    works: ["--bind", "127.0.0.1", "0"],
    serves: serving("phoenix"),
    unscoped: ["--allow-net"],
  },
  "servers/preforking": {
    wrong: ["0", "none"],
    works: ["--bind", "127.0.0.1", "0", "2", "3"],
    serves: serving("preforking"),
    unscoped: ["--allow-net"],
  },
  "servers/tcp": {
    wrong: ["one", "two"],
    works: ["--bind", "127.0.0.1", "0"],
    serves: serving("tcp"),
    unscoped: ["--allow-net"],
  },
  "servers/tcp_forking": {
    wrong: ["--bind"],
    works: ["--bind", "127.0.0.1", "0", "cat"],
    serves: serving("tcp_forking"),
    unscoped: ["--allow-net"],
  },
  "servers/udp": {
    wrong: ["one", "two"],
    works: ["--bind", "127.0.0.1", "0"],
    serves: serving("udp"),
    unscoped: ["--allow-net"],
  },
  "servers/unix": {
    wrong: ["one", "two"],
    works: ["socket"],
    serves: /^unix \d+: server started on socket at \w{3} \w{3} [ \d]\d \d\d:\d\d:\d\d \d{4}\n/,
    unscoped: ["--allow-net"],
  },
  "signals/alarm_flock": { wrong: [], works: ["lines.txt"] },
  // Who is signalled is no program, so Deno has no narrower word for it.
  "signals/alive": { wrong: [], works: [`${Deno.pid}`], unscoped: ["--allow-run"] },
  "signals/blocked": { wrong: ["argument"], works: [], unscoped: ["--allow-run"] },
  "signals/catch_int": { wrong: ["argument"] },
  "signals/deferred": { wrong: ["argument"], works: [], unscoped: ["--allow-run"] },
  "signals/hup_daemon": {},
  "signals/hup_group": { wrong: ["argument"], works: [], unscoped: ["--allow-run"] },
  "signals/names": { wrong: ["one", "two"], works: ["ALRM"] },
  "signals/precious": {
    wrong: ["soon"],
    waits: { args: ["60"], ready: /^inside/, on: "stdout" },
    works: ["0.1"],
  },
  "signals/reaper": { wrong: ["many"], works: ["3"] },
  "signals/timeout": {
    wrong: ["10"],
    file: { args: ["10", "cat", "lines.txt"], stdout: /^tcp one\nsecond\n$/ },
    waits: { args: ["60", "sh", "-c", "echo READY; exec cat"], ready: /^READY\n/, on: "stdout" },
    works: ["10", "true"],
  },
  // Those that need another end have it in tests of their own. What clock prints of itself needs none.
  "sockets/clock": { works: [] },
  "sockets/daytime": { wrong: ["one", "two"] },
  "sockets/half_close": { wrong: ["argument"], works: [] },
  "sockets/interactive": { wrong: [] },
  "sockets/tcp_client": { wrong: ["one", "two", "three"] },
  "sockets/webget": { wrong: ["localhost"] },
  "sockets/pass_fd": { wrong: ["argument"], works: [] },
  "sockets/names": { wrong: ["argument"], works: [], unscoped: ["--allow-net"] },
  // They need somebody at the other end: sockets_datagrams_test.ts and sockets_talk_test.ts give them one.
  "sockets/peer": { wrong: [], unscoped: ["--allow-net"] },
  "sockets/talk": { wrong: ["localhost"] },
  "sockets/udp_client": { wrong: ["localhost:9"] },
  "sockets/udp_clock": { wrong: [], unscoped: ["--allow-net"] },
  "sockets/unix_client": { wrong: ["one", "two"] },
  "sockets/unix_dgram": { wrong: ["one", "two"], works: [] },
  // Whether its name has an address is the machine's business: names_test.ts asks Perl.
  "sockets/self": { wrong: ["argument"] },
  "sysv/give": { wrong: ["key"] },
  "sysv/msg": { wrong: ["argument"], works: [] },
  // What it makes stays: sysv_test.ts has it make and remove them.
  "sysv/sem": { wrong: ["--remove", "1", "2"] },
  "sysv/shared": { wrong: ["0"], works: ["2", "10"] },
  "sysv/shm": { wrong: ["argument"], works: [] },
  "sysv/take": { wrong: ["0x100000000"] },
};

const NAMES = exampleNames();
const shortName = (name: string) => name.replace(/.*\//, "");
const source = (name: string) => Deno.readTextFileSync(repository(`examples/${name}.ts`));
const usageLine = (name: string) => `usage: ${shortName(name)} ${describe(name, source(name)).usage}`.trimEnd() + "\n";

test("examples: the table knows every one that there is", () => {
  assertEquals(Object.keys(CASES).sort(), NAMES);
});

for (const name of NAMES) {
  const example = CASES[name] ?? { works: [] };

  test(`${name} prints its usage for --help`, async () => {
    const { code, stdout, stderr } = await launched(exampleCommand(name, "--help"));
    assertEquals({ code, stdout, stderr }, { code: 0, stdout: usageLine(name), stderr: "" });
  });

  test(`${name} asks for no more than it needs`, () => {
    const [first] = source(name).split("\n");
    assertMatch(first!, /^\/\/ permissions: --allow-ffi=\{libc\}( --allow-[a-z]+(=\S+)?)*$/);
    assert(!/ -A| --allow-all/.test(first!), first);
    const bare = first!.split(" ").filter((word) => /^--allow-[a-z]+$/.test(word));
    assertEquals(bare, example.unscoped ?? []);
  });

  const right = example.file ?? (example.works && { args: example.works, stdout: /^/ });
  if (right) {
    test(`${name} works in another folder and leaves nothing there`, async () => {
      using folder = new Folder();
      const { args, stdout } = right;
      const running = new Running(exampleCommand(name, ...args), { cwd: folder.path });
      if (example.serves) {
        await running.stdout.until(example.serves);
        Deno.kill(childrenOf(running.child.pid)[0]!, "SIGINT");
      }
      const ended = await running.end(example.serves ? undefined : "");
      assertEquals(ended.code, 0, ended.stderr);
      assertMatch(ended.stdout, stdout);
      assertEquals(folder.files, ["lines.txt"]);
    }, { needs: example.needs });
  }

  if (example.wrong) {
    const { wrong } = example;
    test(`${name} answers wrong usage with one line and exit 2`, async () => {
      const { code, stdout, stderr } = await launched(exampleCommand(name, ...wrong));
      assertEquals({ code, stdout, stderr }, { code: 2, stdout: "", stderr: usageLine(name) });
    });
  }

  if (example.waits) {
    const { args, ready, on } = example.waits;
    for (const signal of ["SIGTERM", "SIGHUP"] as const) {
      test(`${name} that dies of ${signal} ends the launcher by ${signal} and is gone`, async () => {
        using folder = new Folder();
        const running = new Running(exampleCommand(name, ...args), { cwd: folder.path });
        await running[on].until(ready);
        const [pid] = childrenOf(running.child.pid);
        assert(pid !== undefined, "the launcher has no child");
        running.child.kill(signal);
        const ended = await running.end();
        assertEquals(ended.signal, signal, ended.stderr);
        assert(!alive(pid), `process ${pid} is left`);
        assertEquals(folder.files, ["lines.txt"]);
      }, { needs: example.needs });
    }
  }
}
