import { spawn } from "../../lib/processes/mod.ts";
import { ownChildren, reapChildren } from "../../lib/servers/inherited_children.ts";
import { assertEquals, denoSource, test } from "../support/mod.ts";

test("ownChildren() lists the children that live, and those that nobody has reaped", async () => {
  await using child = spawn(["cat"], { stdin: "piped" });
  assertEquals(ownChildren().includes(child.pid), true);
  child.kill("SIGKILL");
  await child.status;
  assertEquals(ownChildren().includes(child.pid), false);
});

test("reapChildren() reaps what nobody else does, and is not held up by what is no child", async () => {
  const source = `
    import { ownChildren, reapChildren } from "vasty/lib/servers/inherited_children.ts";
    // The wait for them does not keep a program alive.
    const other = setInterval(() => {}, 1_000);
    const before = ownChildren();
    await reapChildren([...before, 1, 4_000_000]);
    clearInterval(other);
    console.log(before.length, ownChildren().length);`;
  // The shell's children are those of the Deno that takes its place.
  const under = ["sh", "-c", `true & sleep 0.2 & exec "$@"`, "sh"];
  assertEquals((await denoSource(source, { under })).stdout, "2 0\n");
  await reapChildren([]);
});
