/** What execSelf() does whichever way the program was started; tests/examples/hup_daemon_test.ts has it by URL and more. */
import { assertEquals, assertMatch, deno, denoSource, repository, test } from "../support/mod.ts";

const HEAD = `
  import { execSelf, SIG, sigaction, sigqueue } from "vasty/mod.ts";
  const round = Number(Deno.args[0]);
  const again = (options = {}) => execSelf({ args: [String(round + 1), ...Deno.args.slice(1)], ...options });
`;
const FLAGS = ["--allow-run", "--allow-env=A"];

async function output(body: string, options: Parameters<typeof denoSource>[1] = {}): Promise<string[]> {
  const { stdout, stderr, code } = await denoSource(HEAD + body, { flags: FLAGS, args: ["0"], ...options });
  assertEquals([stderr, code], ["", 0]);
  return stdout.trimEnd().split("\n");
}

test("execSelf() begins the program anew: same process, flags and arguments, also after a change of directory", async () => {
  const lines = await output(
    `
    console.log(Deno.pid, JSON.stringify(Deno.args), Deno.permissions.querySync({ name: "net" }).state);
    Deno.chdir("/");
    if (round < 3) again();`,
    { args: ["0", "a b", "", "$HOME", "--help"], flags: [...FLAGS, "--allow-read", "--deny-net"] },
  );
  const pid = lines[0]!.split(" ")[0];
  const expected = [0, 1, 2, 3].map((round) => `${pid} ["${round}","a b","","$HOME","--help"] denied`);
  assertEquals(lines, expected);
});

test("execSelf() hands over a variable, and leaves none of its own behind", async () => {
  const lines = await output(
    `SIG.USR2 = () => {};
    if (round === 0) again({ env: { A: "é" } });
    const { stdout } = await new Deno.Command("env").output();
    console.log(Deno.env.get("A"), new TextDecoder().decode(stdout).includes("VASTY_BLOCKED"));`,
  );
  assertEquals(lines, ["é false"]);
});

test("execSelf() keeps the signals that come meanwhile, real-time ones in order, for the new program's handlers", async () => {
  const lines = await output(`
    const { promise, resolve } = Promise.withResolvers();
    for (const name of ["HUP", "TERM", "USR1"]) SIG[name] = () => console.log(round, name);
    sigaction("SIGRTMIN+1", ({ value }) => value === 2 ? resolve() : console.log(round, value));
    if (round === 0) {
      for (const name of ["SIGUSR1", "SIGTERM", "SIGHUP"]) Deno.kill(Deno.pid, name);
      for (const value of [0, 1, 2]) sigqueue(Deno.pid, "SIGRTMIN+1", value);
      again();
    }
    await promise;
    const { stdout } = await new Deno.Command("grep", { args: ["SigBlk", "/proc/self/status"] }).output();
    console.log(new TextDecoder().decode(stdout).trim());`);
  assertEquals(lines.toSorted(), ["1 0", "1 1", "1 HUP", "1 TERM", "1 USR1", "SigBlk:\t0000000000000000"]);
  assertEquals(lines.filter((line) => /^1 \d$/.test(line)), ["1 0", "1 1"]);
});

test("execSelf() that fails says why, and the program goes on with every signal that came", async () => {
  const lines = await output(
    `
    let count = 0;
    SIG.USR2 = () => count++;
    Deno.kill(Deno.pid, "SIGUSR2");
    for (const options of [{ cwd: "/no/such/folder" }, { args: ["\\0"] }]) {
      try {
        execSelf(options);
      } catch (error) {
        console.log(error.code ?? error.name);
      }
    }
    while (count === 0) await new Promise((resolve) => setTimeout(resolve, 1));
    console.log(count);`,
  );
  assertEquals(lines, ["ENOENT", "TypeError", "1"]);
});

test("execSelf() of a program that is in no file is not supported", async () => {
  const flags = ["eval", `import { execSelf } from "${new URL("../../mod.ts", import.meta.url)}"; execSelf();`];
  const { stderr, code } = await new Deno.Command(Deno.execPath(), { args: flags, env: { NO_COLOR: "1" } }).output();
  assertEquals(code, 1);
  assertMatch(new TextDecoder().decode(stderr), /NotSupported: Cannot begin anew: this program is not in a file/);
});

test("execSelf() needs leave to run Deno", async () => {
  const { stderr, code } = await denoSource(HEAD + "again();", { args: ["0"] });
  assertEquals(code, 1);
  assertMatch(stderr, /NotCapable: Requires run access to/);
});

test("exec() has the new program ignore what this one was started to ignore", async () => {
  const show = repository("tests/processes/programs/exec_ignoring.ts");
  const { stdout } = await deno(show, { flags: ["--allow-run"], under: ["nohup"] });
  assertMatch(stdout, /^SigIgn:\t[0-9a-f]{15}1\n$/m);
});
