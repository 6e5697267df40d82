import { assertEquals, deno, denoSource, repository, sample, test } from "../support/mod.ts";

/** What is asked for, what is granted, and whether that is enough: in Deno's words if not. */
const CASES: [call: string, flags: string[], granted: boolean][] = [
  ["run", [], false],
  ["run", ["--allow-run"], true],
  ["run", ["--allow-run=true"], true],
  ["run", ["--allow-run=cat"], false],
  ["run", ["--allow-run", "--deny-run=true"], false],
  ["runPath", ["--allow-run=/bin/true"], true],
  ["runPath", ["--allow-run=/bin/cat"], false],
  ["runAny", [], false],
  ["runAny", ["--allow-run=true"], false],
  ["runAny", ["--allow-run"], true],
  ["run", ["--allow-run", "--deny-run=cat"], true],
  ["runAny", ["--allow-run", "--deny-run=cat"], true],
  ["loader", ["--allow-run", "--deny-run=cat"], false],
  ["read", [], false],
  ["read", ["--allow-read=/etc"], true],
  ["read", ["--allow-read=/tmp"], false],
  ["read", ["--allow-read", "--deny-read=/etc/hostname"], false],
  ["readRelative", [], false],
  ["readRelative", ["--allow-read"], true],
  ["write", [], false],
  ["write", ["--allow-read=/dev/null"], false],
  ["write", ["--allow-write=/dev/null"], true],
  ["environment", ["--allow-run=true"], true],
  ["loader", ["--allow-run=true"], false],
  ["loader", ["--allow-run"], true],
  ["loaders", ["--allow-run=true"], false],
  ["loaders", ["--allow-run"], true],
  ["noLoader", ["--allow-run=true"], true],
];

for (const [call, flags, granted] of CASES) {
  const what = flags.join(" ") || "no flag";
  test(`permission (${call}) is ${granted ? "granted" : "refused in Deno's words"} under ${what}`, async () => {
    const program = repository("tests/core/programs/permissions.ts");
    const { stdout, stderr } = await deno(program, { flags, args: [call] });
    assertEquals(stderr, "");
    const [ours, theirs] = JSON.parse(stdout);
    assertEquals(ours, theirs);
    assertEquals(ours === "granted", granted);
  }, { skip: sample(["", "--allow-run"].includes(flags.join())) });
}

test("requireProgram() sees at once what is revoked", async () => {
  const source = `
    import { requireProgram } from "vasty/lib/core/permissions.ts";
    const ask = () => {
      try {
        return requireProgram("true", "/bin/true") ?? "granted";
      } catch (error) {
        return error.name;
      }
    };
    const before = [ask(), ask()];
    Deno.permissions.revokeSync({ name: "run" });
    console.log([...before, ask(), ask()].join());`;
  const { stdout, stderr } = await denoSource(source, { flags: ["--allow-run"] });
  assertEquals([stderr, stdout], ["", "granted,granted,NotCapable,NotCapable\n"]);
});
