import { assertEquals, test } from "../support/mod.ts";
import { modeNamed, modeNames } from "../../lib/terminals/mode_names.ts";

test("modeNames() has every mode that stty(1) has in its help", () => {
  const { stdout } = new Deno.Command("stty", { args: ["--help"], env: { LC_ALL: "C" } }).outputSync();
  const help = new TextDecoder().decode(stdout);
  const section = help.slice(help.indexOf("Control settings"), help.indexOf("Combination settings"));
  const theirs = [...section.matchAll(/^ [ *] (?:\[-\])?([a-z][a-z0-9]+) /gm)].map(([, word]) => word!);
  assertEquals(theirs.filter((word) => modeNamed(word) === undefined && word !== "tabs"), []);
  assertEquals(theirs.length > 50, true);
  assertEquals(modeNames().length, 72);
}, { needs: ["stty"] });
