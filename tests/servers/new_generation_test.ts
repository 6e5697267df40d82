/** What a new generation finds; restarter_test.ts has whole programs. */
import { assertEquals, assertMatch, denoSource, test } from "../support/mod.ts";

/** A program that replaces itself, as `trial` and then `restarted`; each says what it has on its standard error output. */
const SOURCE = `
  import { restartable } from "vasty/lib/servers/mod.ts";
  import { listen } from "vasty/lib/sockets/mod.ts";
  import { pipe } from "vasty/lib/core/pipe.ts";
  import { linkOf, numbers } from "vasty/tests/support/proc.ts";
  const restarter = restartable({ args: ["next"], env: { EXTRA: "1" }, ...JSON.parse(Deno.args[1] ?? "{}") });
  const web = await restarter.inherited("web", () => listen({ hostname: "127.0.0.1" }));
  const spare = restarter.generation === 1 ? await restarter.inherited("spare", () => listen()) : undefined;
`;
const FLAGS = ["--allow-env", "--allow-net", "--allow-run"];

test("startGeneration() gives a trial nothing to say, and the sockets under their names", async () => {
  const { stdout, stderr, code } = await denoSource(
    `${SOURCE}
    const say = (...words) => {
      console.log(...words);
      if (restarter.role === "trial") throw new Error(words.join(" "));
    };
    const facts = [Deno.env.get("NOTIFY_SOCKET") || "none", Deno.env.get("EXTRA"), Deno.args[0], "port" in web.addr];
    if (restarter.role === "trial") facts.push(linkOf("/proc/self/fd/0"), linkOf("/proc/self/fd/1"));
    say(restarter.role, restarter.generation, ...facts);
    restarter.ready();
    await restarter.restart().catch((error) => console.log(error.message.split("\\n").find((line) => line.includes("Error:"))));
    web.close();
    spare.close();`,
    { args: ["first"], flags: FLAGS, env: { NOTIFY_SOCKET: "/run/none" } },
  );
  assertEquals([stderr, code], ["", 0]);
  const [first, reason] = stdout.split("\n");
  assertEquals(first, "first 1 /run/none undefined first true");
  assertMatch(reason!, /Error: trial 2 none 1 next true \/dev\/null \/dev\/null$/);
});

test("a restarted program has its arguments and variables, and closes the sockets that it did not ask for", async () => {
  const { stdout, stderr, code } = await denoSource(
    `${SOURCE}
    const listening = () => numbers("/proc/self/fd").filter((fd) => linkOf("/proc/self/fd/" + fd).startsWith("socket:")).length;
    const before = listening();
    restarter.ready();
    console.log(restarter.role, restarter.generation, Deno.args.join(), Deno.env.get("EXTRA"), before - listening());
    if (restarter.generation === 1) await restarter.restart();
    web.close();`,
    { args: ["first", `{"tryFirst":false}`], flags: FLAGS },
  );
  assertEquals([stderr, code, stdout], ["", 0, 'first 1 first,{"tryFirst":false} undefined 0\nrestarted 2 next 1 1\n']);
});

test("startGeneration() gives up with its signal, and leaves no process", async () => {
  const { stdout, code } = await denoSource(
    `${SOURCE}
    if (restarter.role !== "first") await new Promise(() => setInterval(() => {}, 99));
    restarter.ready();
    for (const options of [{ signal: AbortSignal.abort("before") }, { timeout: 0 }, { signal: AbortSignal.timeout(100) }]) {
      await restarter.restart(options).catch((reason) => console.log(reason.name ?? reason));
    }
    await restarter.handOver({ timeout: 50 }).catch((reason) => console.log(reason.name));
    const { stdout } = await new Deno.Command("sh", { args: ["-c", "ps -o pid= --ppid $PPID | wc -l"] }).output();
    console.log(new TextDecoder().decode(stdout).trim());
    web.close();
    spare.close();`,
    { args: ["first"], flags: FLAGS },
  );
  assertEquals([stdout.split("\n"), code], [["before", "TimeoutError", "TimeoutError", "TimeoutError", "1", ""], 0]);
}, { needs: ["ps"] });

test("every generation begins where the first one did, so that flags mean the same files", async () => {
  const cwd = await Deno.makeTempDir();
  const { stdout, stderr } = await denoSource(
    `import { restartable } from "vasty/lib/servers/mod.ts";
    const restarter = restartable();
    Deno.chdir("/");
    restarter.ready();
    console.log(restarter.role, Deno.permissions.querySync({ name: "write", path: Deno.args[0] }).state);
    if (restarter.generation === 1) await restarter.restart();
    if (restarter.generation === 2) await restarter.handOver();`,
    { cwd, args: [`${cwd}/here`], flags: ["--allow-read", "--allow-run", "--allow-write=here"] },
  );
  await Deno.remove(cwd);
  assertEquals([stderr, stdout], ["", "first granted\nrestarted granted\nsuccessor granted\n"]);
});
