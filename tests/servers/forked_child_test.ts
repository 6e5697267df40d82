import { FORKED } from "../../lib/servers/forked_child.ts";
import { SelfChildChannel } from "../../lib/servers/self_child_channel.ts";
import { socketpair } from "../../lib/pipes/mod.ts";
import { assertEquals, assertMatch, EMULATED, test } from "../support/mod.ts";
import { exported } from "./child_servers.ts";

test("the child of a forking server gets a connection, which becomes its standard input and output", async () => {
  const child = new SelfChildChannel(exported("capitals", "word"), FORKED, {}, []);
  const [ours, theirs] = socketpair();
  using _ours = ours;
  const address = { transport: "unix", path: "" } as const;
  assertEquals(await child.tell({ address, local: address }, [theirs.fd]), true);
  theirs.close();
  const writer = ours.writable.getWriter();
  await writer.write(new TextEncoder().encode("text"));
  await writer.close();
  assertMatch(await new Response(ours.readable).text(), /^word \d+ path\nTEXT\n$/);
  assertEquals((await child.ended).status.code, 3);
});

test("the children of a forking server's child write to the connection as well", async () => {
  const child = new SelfChildChannel({ ...exported("delegates"), permissions: { run: ["echo"] } }, FORKED, {}, []);
  const [ours, theirs] = socketpair();
  using _ours = ours;
  const address = { transport: "unix", path: "" } as const;
  assertEquals(await child.tell({ address, local: address }, [theirs.fd]), true);
  theirs.close();
  assertEquals(await new Response(ours.readable).text(), "from a child\n");
  await child.ended;
}, { skip: EMULATED && "the emulator has no kcmp" });
