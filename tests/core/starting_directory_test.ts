import { startingDirectory } from "../../lib/core/starting_directory.ts";
import { assertEquals, denoSource, test } from "../support/mod.ts";

test("startingDirectory() needs no permission, and is nothing once it was removed", async () => {
  assertEquals(startingDirectory(), Deno.cwd());
  const cwd = await Deno.makeTempDir();
  const source = `
    import { startingDirectory } from "vasty/lib/core/starting_directory.ts";
    const first = startingDirectory();
    Deno.removeSync(first);
    console.log(first, startingDirectory());`;
  const { stdout } = await denoSource(source, { cwd, flags: [`--allow-write=${cwd}`] });
  assertEquals(stdout, `${cwd} undefined\n`);
});
