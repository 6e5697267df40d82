import { assertEquals, denoSource, test } from "../support/mod.ts";

test("ownCommand() starts the program again, with the same flags and the arguments that it is given", async () => {
  const source = `
    import { capture, ownCommand } from "vasty/mod.ts";
    console.log(JSON.stringify(Deno.args), Deno.permissions.querySync({ name: "net" }).state);
    if (Deno.args.length > 1) console.log((await capture(ownCommand(["--help"]))).stdout.trim());`;
  const { stdout, stderr } = await denoSource(source, {
    args: ["a b", "", "-n"],
    flags: ["--allow-run", "--allow-net"],
  });
  assertEquals({ stdout, stderr }, { stdout: '["a b","","-n"] granted\n["--help"] granted\n', stderr: "" });
});
