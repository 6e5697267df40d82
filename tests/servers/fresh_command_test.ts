/** How new code is found; restartable_test.ts has a program that was started by URL. */
import { withReload } from "../../lib/servers/fresh_command.ts";
import { assertEquals, test } from "../support/mod.ts";

const URL_OF = "http://127.0.0.1:8000/a/b.ts";

test("withReload() has code that came by URL fetched anew, unless the flags decide what is fetched", () => {
  const flags = (module: string, ...words: string[]) =>
    withReload(["deno", ...words, module, "--reload"], 1, module).filter((word) => word.startsWith("--reload="));
  assertEquals(flags(URL_OF, "run", "--allow-net"), ["--reload=http://127.0.0.1:8000"]);
  assertEquals(flags("file:///a/b.ts", "run"), []);
  for (const decided of ["-r", "--reload", "--cached-only", "--no-remote"]) {
    assertEquals(flags(URL_OF, "run", decided), []);
  }
});
