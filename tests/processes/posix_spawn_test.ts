import type { AttributeOptions } from "../../lib/processes/attributes.ts";
import { capture, captureSync, type SpawnOptions } from "../../lib/processes/mod.ts";
import { assertEquals, test } from "../support/mod.ts";

test("spawn() by posix_spawn can give a session, a group and blocked signals", async () => {
  const ids = ["sh", "-c", "ps -o pid=,pgid=,sid= -p $$; :"];
  const numbers = async (options: AttributeOptions) => (await capture(ids, options)).stdout.match(/\d+/g)!;
  const [pid, group, session] = await numbers({ session: true });
  assertEquals([group, session], [pid, pid]);
  const [own, itsGroup, itsSession] = await numbers({ processGroup: true });
  assertEquals([itsGroup, itsSession === own], [own, false]);
  const mask = await capture(["grep", "SigBlk", "/proc/self/status"], { blockedSignals: ["HUP", "USR2"] });
  assertEquals(mask.stdout, "SigBlk:\t0000000000000801\n");
}, { needs: ["ps"] });

test("posixSpawn() keeps the plan of descriptors for the next child that wants the same, and for no other", () => {
  const script = ["sh", "-c", 'for n in 1 2 5 6; do [ -e /proc/$$/fd/$n ] && printf "%s " $n; done; :'];
  const cases: [SpawnOptions, string][] = [
    [{}, "1 2 "],
    [{ fds: { 5: "null" } }, "1 2 5 "],
    [{ fds: { 5: "null" } }, "1 2 5 "],
    [{ stderr: "close", fds: { 6: "null" } }, "1 6 "],
    [{}, "1 2 "],
    [{ cwd: "/" }, "1 2 "],
    [{ session: true }, "1 2 "],
    [{ stderr: { dup: 1 } }, "1 2 "],
  ];
  for (const [options, wanted] of cases) {
    assertEquals(captureSync(script, options).stdout, wanted, Deno.inspect(options));
  }
});
