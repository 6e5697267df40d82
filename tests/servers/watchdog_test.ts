import { notify, watchdog } from "../../lib/servers/mod.ts";
import { assert, assertEquals, assertThrows, denoSource, test, within } from "../support/mod.ts";
import { Supervisor } from "./supervisor.ts";

/** With these variables. */
function under<T>(variables: Record<string, string>, body: () => T): T {
  for (const [name, value] of Object.entries(variables)) Deno.env.set(name, value);
  try {
    return body();
  } finally {
    for (const name of Object.keys(variables)) Deno.env.delete(name);
  }
}

test("watchdog() tells the supervisor at half the time that this program is alive, while it is healthy", async () => {
  await using supervisor = await Supervisor.start();
  let healthy = true;
  const variables = { WATCHDOG_USEC: "100000", WATCHDOG_PID: `${Deno.pid}` };
  using dog = under(variables, () => {
    const dog = watchdog({ healthy: () => healthy });
    assertEquals([Deno.env.get("WATCHDOG_USEC"), Deno.env.get("WATCHDOG_PID")], [undefined, undefined]);
    return dog;
  });
  assertEquals(dog?.timeout, 100);
  const began = performance.now();
  for (let i = 0; i < 4; i++) assertEquals((await supervisor.told()).text, "WATCHDOG=1");
  const took = performance.now() - began;
  assert(took > 120 && took < within(1_000), `${took} ms`);
  healthy = false;
  dog?.close();
}, { needs: ["python3"] });

test("watchdog() goes on where NOTIFY_SOCKET is removed", async () => {
  await using supervisor = await Supervisor.start();
  using _dog = under({ WATCHDOG_USEC: "20000" }, () => watchdog());
  await notify({ ready: true }, { unsetEnvironment: true });
  assertEquals(Deno.env.has("NOTIFY_SOCKET"), false);
  while ((await supervisor.told()).text !== "READY=1");
  for (let i = 0; i < 3; i++) assertEquals((await supervisor.told()).text, "WATCHDOG=1");
}, { needs: ["python3"] });

test("watchdog() of more than a timer takes, 24 days, tells the supervisor seldom", async () => {
  await using _supervisor = await Supervisor.start();
  let asked = 0;
  const healthy = () => ++asked > 0;
  using dog = under({ WATCHDOG_USEC: `${50 * 86_400_000_000}` }, () => watchdog({ healthy }));
  assertEquals(dog?.timeout, 50 * 86_400_000);
  await new Promise((resolve) => setTimeout(resolve, 30));
  assertEquals(asked, 1);
}, { needs: ["python3"] });

test("watchdog() is nothing where nobody has asked this process for it", async () => {
  await using _supervisor = await Supervisor.start();
  for (const variables of [{}, { WATCHDOG_USEC: "0" }, { WATCHDOG_USEC: "1000", WATCHDOG_PID: "1" }]) {
    assertEquals(under(variables as Record<string, string>, () => watchdog()), undefined);
  }
  assertThrows(() => under({ WATCHDOG_USEC: "soon" }, () => watchdog()), Deno.errors.InvalidData, '"soon"');
}, { needs: ["python3"] });

test("watchdog() does not keep the program alive, and a supervisor that goes is no error", async () => {
  await using supervisor = await Supervisor.start();
  const source = `
    import { notify, watchdog } from "vasty/mod.ts";
    console.log(watchdog({ unsetEnvironment: false }).timeout, Deno.env.get("WATCHDOG_USEC"));
    await Deno.remove(Deno.env.get("NOTIFY_SOCKET"));
    await new Promise((resolve) => setTimeout(resolve, 30));`;
  const flags = ["--allow-env", "--allow-net", "--allow-read", "--allow-write"];
  const ended = await denoSource(source, { flags, env: { WATCHDOG_USEC: "10000" } });
  assertEquals([ended.stdout, ended.stderr, ended.code], ["10 10000\n", "", 0]);
  assertEquals((await supervisor.told()).text, "WATCHDOG=1");
}, { needs: ["python3"] });
