import { assertEquals, deno, repository, test } from "../support/mod.ts";
import { LockFolder } from "./lock_folder.ts";

test("locks work in a Web Worker, with permission for libc and the path alone", async () => {
  using folder = new LockFolder();
  const program = repository("tests/locks/programs/lock_worker.ts");
  // Modules are loaded by the Web Worker itself, under its permissions.
  const flags = [`--allow-read=${folder.path},${repository("")}`, `--allow-write=${folder.path}`];
  const { stdout, stderr } = await deno(program, { flags, args: [folder.path] });
  const way = ["exclusive", "TimeoutError"];
  assertEquals(stderr, "");
  assertEquals(JSON.parse(stdout), [...way, ...way, ...way, ...way, "not to be seen"]);
});
