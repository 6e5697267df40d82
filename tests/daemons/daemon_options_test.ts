import { checkOptions, logOf } from "../../lib/daemons/daemon_options.ts";
import { assertEquals, assertThrows, test } from "../support/mod.ts";

test("checkOptions() refuses what makes no sense", () => {
  for (const umask of [-1, 0o1000, 1.5, NaN]) assertThrows(() => checkOptions({ umask }), RangeError, "umask");
  assertThrows(() => checkOptions({ timeout: -1 }), RangeError, "timeout");
  assertThrows(() => checkOptions({ pidFile: new URL("http://x/") }), TypeError, "Not the URL of a file");
  assertThrows(() => checkOptions({ signal: AbortSignal.abort(new RangeError("enough")) }), RangeError, "enough");
  checkOptions({ umask: 0, pidFile: "/tmp/d.pid", log: "/tmp/d.log" });
});

test("logOf() takes a path, a URL, or more", () => {
  const url = new URL("file:///tmp/d.log");
  assertEquals([logOf("d.log").path, logOf(url).path, logOf({ path: url, name: "d" }).name], ["d.log", url, "d"]);
});
