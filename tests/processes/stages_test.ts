import { joinStages, stageOptions } from "../../lib/processes/stages.ts";
import { pipe } from "../../lib/pipes/mod.ts";
import { assert, assertEquals, test } from "../support/mod.ts";

test("stageOptions() joins a stage inside, and gives the outside to the first and the last", () => {
  const { reader, writer } = pipe();
  const whole = { stdin: "null", stdout: "inherit", stderr: "null", pipefail: true } as const;
  const of = (reading: boolean, writing: boolean) =>
    stageOptions({ command: ["cat"] }, whole, reading ? reader : undefined, writing ? writer : undefined);
  assertEquals([of(false, true).stdin, of(false, true).stdout], ["null", writer]);
  assertEquals([of(true, true).stdin, of(true, true).stdout], [reader, writer]);
  assertEquals([of(true, false).stdin, of(true, false).stdout], [reader, "inherit"]);
  assertEquals(stageOptions({ command: ["cat"] }, {}).stdout, "piped");
  assertEquals("pipefail" in of(true, true) || "command" in of(true, true), false);
  reader.close();
  writer.close();
});

test("stageOptions() has a stage's own variables besides those of the whole", () => {
  const { env, cwd } = stageOptions({ command: ["cat"], env: { B: "2" } }, { env: { A: "1", B: "1" }, cwd: "/" });
  assertEquals([env, cwd], [{ A: "1", B: "2" }, "/"]);
});

test("stageOptions() has what is for the whole where a stage's own option is undefined", () => {
  const { cwd, nice } = stageOptions({ command: ["cat"], cwd: undefined, nice: 2 }, { cwd: "/", nice: 1 });
  assertEquals([cwd, nice], ["/", 2]);
});

test("joinStages() closes its copies of what joins the children", async () => {
  const { children, errors } = joinStages([{ command: ["echo", "x"] }, { command: ["cat"] }], { stdout: "null" });
  // The second one sees the end: nobody else holds the writing end.
  assertEquals(await Promise.all(children.map(async (child) => (await child.status).code)), [0, 0]);
  assert(errors === undefined);
});
