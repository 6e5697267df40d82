import { reaping } from "../../lib/core/reaping.ts";
import { runSync } from "../../lib/processes/mod.ts";
import { assertEquals, test } from "../support/mod.ts";

test("reaping is automatic for as long as there is a reason", () => {
  const [one, two] = [{}, {}];
  assertEquals(reaping.automatic, false);
  reaping.set(one, true);
  reaping.set(one, true);
  reaping.set(two, true);
  reaping.set(one, false);
  assertEquals(reaping.automatic, true);
  assertEquals(runSync(["sh", "-c", "exit 3"], { check: false }).raw, -1);
  reaping.set(two, false);
  reaping.set(two, false);
  assertEquals(reaping.automatic, false);
  assertEquals(runSync(["sh", "-c", "exit 3"], { check: false }).code, 3);
});
