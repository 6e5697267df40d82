import { socketpair } from "../../lib/pipes/mod.ts";
import { ForkedChildren } from "../../lib/servers/forked.ts";
import { assertEquals, assertRejects, test } from "../support/mod.ts";

const address = { transport: "unix", path: "" } as const;
const client = { address, local: address };

test("ForkedChildren.start() closes the connection here, and end() ends those that run", async () => {
  const children = new ForkedChildren({ program: ["cat"] });
  await children.ready;
  const [ours, theirs] = socketpair();
  using _ours = ours;
  const { ended } = await children.start(theirs.fd, client);
  assertEquals(theirs.fd.closed, true);
  await children.end();
  assertEquals((await ended).status.signal, "SIGTERM");
  // Whatever begins now is too late.
  const [here, there] = socketpair();
  using _here = here;
  assertEquals((await (await children.start(there.fd, client)).ended).status.signal, "SIGTERM");
});

test("ForkedChildren.start() closes the connection of a program that cannot be started", async () => {
  const children = new ForkedChildren({ program: ["/no/such/program"] });
  const [ours, theirs] = socketpair();
  using _ours = ours;
  await assertRejects(() => children.start(theirs.fd, client), Deno.errors.NotFound);
  assertEquals(theirs.fd.closed, true);
});
