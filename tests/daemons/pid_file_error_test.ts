import { PidFileError } from "../../lib/daemons/mod.ts";
import { assertEquals, test } from "../support/mod.ts";

test("PidFileError tells the reason, the file and the process", () => {
  const { name, message, reason, path, pid } = new PidFileError("is there", "running", "/run/x", 7);
  assertEquals([name, message, reason, path, pid], ["PidFileError", "is there", "running", "/run/x", 7]);
});
