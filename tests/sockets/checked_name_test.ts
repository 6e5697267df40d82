import { checkedName } from "../../lib/sockets/mod.ts";
import { assertEquals, assertRejects, denoSource, test } from "../support/mod.ts";
import { linesInWorld, worldTest } from "./names_world.ts";

worldTest("checkedName() believes a name that has the address, and no other", async () => {
  const source = `
    for (const n of [7, 8, 9, 10, 12, 99]) await tell(() => checkedName("192.0.2." + n));
    await tell(() => checkedName({ hostname: "::ffff:192.0.2.7", port: 1_000 }));
    await tell(() => checkedName({ hostname: "::ffff:192.0.2.99", port: 1_000 }));
    await tell(() => checkedName("192.0.2.1"));
    await tell(() => checkedName("::1"));`;
  assertEquals(await linesInWorld(source), [
    '{"name":"true.example","checked":true}',
    '{"name":"true.example","checked":false}',
    // A name that looks like the address itself.
    '{"name":"192.0.2.9","checked":false}',
    '{"name":"gone.example","checked":false}',
    '{"name":"empty.example","checked":false}',
    '{"name":"192.0.2.99","checked":false}',
    '{"name":"true.example","checked":true}',
    '{"name":"::ffff:192.0.2.99","checked":false}',
    '{"name":"own","checked":true}',
    '{"name":"localhost6","checked":true}',
  ]);
});

test("checkedName() asks for leave for the address alone", async () => {
  const source = `
    import { checkedName } from "vasty/lib/sockets/mod.ts";
    console.log((await checkedName("127.0.0.1")).checked);
    await checkedName("127.0.0.2").catch((error) => console.log(error.name, error.message));`;
  const { stdout, stderr } = await denoSource(source, { flags: ["--allow-net=127.0.0.1"] });
  const refused = 'NotCapable Requires net access to "127.0.0.2", run again with the --allow-net flag';
  assertEquals([stderr, stdout], ["", `true\n${refused}\n`]);
});

test("checkedName() refuses names, and can be given up", async () => {
  await assertRejects(() => checkedName("localhost"), TypeError, 'Not an address of IPv4 or IPv6: "localhost"');
  await assertRejects(() => checkedName("127.0.0.1", { timeout: 0 }), DOMException, "Timed out after 0 ms");
  await assertRejects(
    () => checkedName("127.0.0.1", { signal: AbortSignal.abort(new Error("enough")) }),
    Error,
    "enough",
  );
});
