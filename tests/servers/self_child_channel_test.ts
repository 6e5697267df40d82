import { FORKED } from "../../lib/servers/forked_child.ts";
import { SelfChildChannel } from "../../lib/servers/self_child_channel.ts";
import { assertEquals, assertThrows, test } from "../support/mod.ts";
import { exported } from "./child_servers.ts";

test("SelfChildChannel hears its child, tells how it ended, and then reaches nobody", async () => {
  const child = new SelfChildChannel(exported("capitals"), FORKED, {}, []);
  const words: unknown[] = [];
  for await (const word of child.heard()) {
    words.push(word);
    child.kill("SIGKILL");
  }
  const { status, error } = await child.ended;
  assertEquals([words, status.signal, error], [["ready"], "SIGKILL", undefined]);
  assertEquals([await child.tell("anything"), child.kill("SIGTERM")], [false, false]);
});

test("SelfChildChannel tells what a module could not be loaded for", async () => {
  const missing = { module: new URL("no_such_module.ts", import.meta.url), export: "any" };
  const { status, error } = await new SelfChildChannel(missing, FORKED, {}, []).ended;
  assertEquals([status.code, error?.message.includes("no_such_module.ts")], [1, true]);
  assertThrows(() => new SelfChildChannel({ ...missing, module: "no url" }, FORKED, {}, []), TypeError);
});
