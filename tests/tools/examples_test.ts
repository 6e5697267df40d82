import { describe, exampleNames, listing } from "../../tools/examples.ts";
import { assertEquals, assertMatch, assertThrows, repository, test } from "../support/mod.ts";

test("exampleNames() finds every program in an area, and nothing else", () => {
  const names = exampleNames();
  assertEquals(names.includes("pipes/status"), true);
  for (const name of names) assertMatch(name, /^[a-z]+\/[a-z]\w*$/);
});

const HEADS: [what: string, source: string, usage: string, does: string][] = [
  ["one line", "// permissions: -\n/** `n A [B]`: does it. More. */\n", "A [B]", "does it."],
  [
    "several lines",
    "// permissions: -\n/**\n * `n`: does\n * it v1.2 well.\n *\n * More.\n */\n",
    "",
    "does it v1.2 well.",
  ],
  [
    "a sentence that goes on behind an empty line",
    "// permissions: -\n/**\n * `n`: says `it.`\n *\n * and\n *\n * does it.\n */\n",
    "",
    "says `it.` and does it.",
  ],
];
for (const [what, source, usage, does] of HEADS) {
  test(`describe() reads a doc comment of ${what}`, () => assertEquals(describe("area/n", source), { usage, does }));
}

const WRONG = [
  "",
  "/** `n`: does it. */",
  "// permissions: -\n/** Does it. */",
  "// permissions: -\n/** `m`: does it. */",
];
for (const source of WRONG) {
  test(`describe() refuses an example that begins with ${JSON.stringify(source)}`, () => {
    assertThrows(() => describe("area/n", source), Error, "examples/area/n.ts");
  });
}

test("listing() has a line for every example under its area", async () => {
  const { stdout, code } = await new Deno.Command(Deno.execPath(), {
    args: ["task", "--quiet", "examples"],
    cwd: repository(""),
    env: { NO_COLOR: "1" },
  }).output();
  assertEquals(code, 0);
  const text = new TextDecoder().decode(stdout);
  assertEquals(text, `${listing()}\n\nRun one: deno task example NAME [ARGS]\n`);
  for (const name of exampleNames()) assertMatch(text, new RegExp(`^  ${name} .*\\.$`, "m"));
  // A sentence for each, and nothing of the comment's form.
  assertEquals(text.split("\n").filter((line) => /^ {2}.*( \*+ |[.]`? [A-Z])/.test(line)), []);
});
