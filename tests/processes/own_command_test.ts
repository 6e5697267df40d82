import { assertEquals, assertMatch, denoSource, repository, test } from "../support/mod.ts";

test("ownCommand() has the flags, the module by its full name, and arguments", async () => {
  const { stdout } = await denoSource(
    `import { ownCommand } from "vasty/lib/processes/mod.ts";
    Deno.chdir("/");
    console.log(JSON.stringify([ownCommand().slice(-3), ownCommand(["x"]).at(-1), Deno.mainModule]));`,
    { args: ["a b", ""], flags: ["--allow-read", "--allow-net"] },
  );
  const [command, other, module] = JSON.parse(stdout);
  assertEquals([command, other], [[module, "a b", ""], "x"]);
});

test("ownCommand() of a program that is in no file is not supported", async () => {
  const source = `import { ownCommand } from "${new URL("../../mod.ts", import.meta.url)}"; ownCommand();`;
  const args = ["eval", `--config=${repository("deno.json")}`, source];
  const { stderr } = await new Deno.Command(Deno.execPath(), { args, env: { NO_COLOR: "1" } }).output();
  assertMatch(new TextDecoder().decode(stderr), /NotSupported: Cannot begin anew: this program is not in a file/);
});
