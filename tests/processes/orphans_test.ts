import { assertEquals, denoSource, EMULATED, test } from "../support/mod.ts";

/** What the programs below begin with: they become subreapers, which holds for the whole process. */
const PRELUDE = `
  import { spawn } from "vasty/mod.ts";
  import { ExitWatch } from "vasty/lib/processes/exit_watch.ts";
  import { processEntry, processTable } from "vasty/lib/processes/process_table.ts";
  const mine = () => [...processTable().values()].filter(({ parent }) => parent === Deno.pid);
  const turn = () => new Promise((resolve) => setTimeout(resolve, 1));
  async function until(condition) {
    for (const begun = performance.now(); !condition();) {
      if (performance.now() - begun > 10_000) throw new Error("never: " + condition + JSON.stringify(mine()));
      await turn();
    }
  }
  /** A shell whose daemon, forked twice and in a session of its own, has said its pid. */
  async function withDaemon(rest, options) {
    const script = "setsid sh -c 'sleep 60 & echo $!'; " + rest;
    const child = spawn(["sh", "-c", script], { stdin: "piped", stdout: "piped", ...options });
    const { value } = await child.stdout.getReader().read();
    return { child, daemon: parseInt(new TextDecoder().decode(value)) };
  }
`;

const CASES: [name: string, source: string][] = [
  [
    "a daemon that has forked twice is killed with its tree, and reaped",
    `
      const { child, daemon } = await withDaemon("read line", { subreaper: true });
      await until(() => processEntry(daemon)?.parent === Deno.pid);
      await child.terminate({ tree: true });
      await until(() => mine().length === 0);`,
  ],
  [
    "an orphan is reaped when it ends by itself after the child",
    `
      const { child, daemon } = await withDaemon("read line", { subreaper: true });
      await until(() => processEntry(daemon)?.parent === Deno.pid);
      await child.stdin.close();
      await child.status;
      if (mine().length !== 1) throw new Error("not adopted");
      Deno.kill(daemon, "SIGKILL");
      await until(() => mine().length === 0);`,
  ],
  [
    "an orphan that ended while the child ran is reaped with that",
    `
      const { child, daemon } = await withDaemon("read line", { subreaper: true });
      await until(() => processEntry(daemon)?.parent === Deno.pid);
      Deno.kill(daemon, "SIGKILL");
      await until(() => processEntry(daemon)?.state === "Z");
      await child.stdin.close();
      await child.status;
      await until(() => mine().length === 0);`,
  ],
  [
    "a daemon's middle process, which led its session and ended before anybody looked, is reaped",
    `
      const script = "use POSIX; if (fork) { exit } setsid(); if (fork) { exit } sleep 60";
      const child = spawn(["perl", "-e", script], { subreaper: true, tree: true });
      const zombies = () => mine().filter(({ pid, session, state }) => state === "Z" && session === pid);
      // Nobody has seen the child's end yet: that takes a turn.
      while (zombies().length === 0);
      await child.status;
      await child.terminate();
      await until(() => mine().length === 0);`,
  ],
  [
    "children of Deno.Command that have ended are left to it, in our session or in their own",
    `
      const child = spawn(["true"], { subreaper: true });
      const options = { args: ["-c", "exit 7"], stdout: "null" };
      const theirs = [new Deno.Command("sh", options).spawn(), new Deno.Command("sh", { ...options, detached: true }).spawn()];
      const output = new Deno.Command("sh", { args: ["-c", "exit 7"] }).output();
      const { adoptOrphans } = await import("vasty/lib/processes/orphans.ts");
      const tree = { owns: () => false };
      while (mine().some(({ state }) => state !== "Z"));
      // The second look may come before Deno's.
      adoptOrphans(tree);
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 100);
      await child.status;
      for (const one of theirs) if ((await one.status).code !== 7) throw new Error("stolen");
      if ((await output).code !== 7) throw new Error("stolen");
      await until(() => mine().length === 0);`,
  ],
  [
    "the tree of another child, and Deno.Command's children, are left alone",
    `
      const options = { subreaper: true };
      const first = await withDaemon("read line", options);
      const second = await withDaemon("read line", options);
      const theirs = new Deno.Command("sh", { args: ["-c", "read line; exit 7"], stdin: "piped", stdout: "null" }).spawn();
      for (const { daemon } of [first, second]) await until(() => processEntry(daemon)?.parent === Deno.pid);
      await first.child.terminate({ tree: true });
      if (!processEntry(second.daemon) || !processEntry(second.child.pid)) throw new Error("killed");
      Deno.kill(theirs.pid, "SIGSTOP");
      Deno.kill(theirs.pid, "SIGCONT");
      await theirs.stdin.close();
      await second.child.terminate({ tree: true });
      if ((await theirs.status).code !== 7) throw new Error("stolen");
      await until(() => mine().length === 0);`,
  ],
];

for (const [name, source] of CASES) {
  test(`spawn() with subreaper: ${name}`, async () => {
    const result = await denoSource(`${PRELUDE}${source}\nconsole.log("done");`, { flags: ["--allow-run"] });
    assertEquals([result.stderr, result.stdout, result.code], ["", "done\n", 0]);
  }, { needs: ["setsid", "perl"], skip: EMULATED && "emulation shows other parents" });
}
