import { assertEquals, deno, repository, test } from "../support/mod.ts";

const PROGRAM = repository("tests/ffi/programs/views.ts");

test("viewOf() is the memory itself, not a copy, from its address on; there is none of NULL", async () => {
  const command = new Deno.Command(Deno.execPath(), { args: ["run", "--no-prompt", "--allow-ffi", PROGRAM] });
  const { stdout, stderr } = await command.output();
  assertEquals(new TextDecoder().decode(stderr), "");
  assertEquals(JSON.parse(new TextDecoder().decode(stdout)), {
    allowed: true,
    refused: "RangeError: There is no view of NULL",
    shared: [16, 1, 2, 3, 0, 9, 8, 0, 0, 5],
  });
});

test("viewOf() needs ffi as a whole, and says so", async () => {
  const { stdout, stderr } = await deno(PROGRAM);
  assertEquals(stderr, "");
  assertEquals(JSON.parse(stdout), {
    allowed: false,
    refused: "NotCapable: Requires ffi access as a whole for a view of memory, run again with the --allow-ffi flag",
    shared: [],
  });
});
