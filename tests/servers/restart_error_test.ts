import { capture } from "../../lib/processes/mod.ts";
import { RestartError } from "../../lib/servers/mod.ts";
import { assert, assertEquals, test } from "../support/mod.ts";

test("RestartError says how the new code ended, and what it said last", async () => {
  const { status } = await capture(["sh", "-c", "exit 3"], { check: false });
  const error = new RestartError("restart", status, "why\n");
  assertEquals(error.message, "Cannot restart: the new code did not get ready: exit 3\nwhy");
  assertEquals([error.name, error.status, error.stderr], ["RestartError", status, "why\n"]);
  const long = new RestartError("hand over", status, `${"x".repeat(9_999)}end`);
  assert(long.stderr.length < 5_000 && long.message.endsWith("end") && long.stderr.startsWith("..."));
  assertEquals(
    new RestartError("hand over", status, "").message,
    "Cannot hand over: the new code did not get ready: exit 3",
  );
});
