import { stateText, takeState, VARIABLE } from "../../lib/servers/generation_state.ts";
import { assertEquals, test } from "../support/mod.ts";

const STATE = { generation: 2, role: "trial", sockets: { "a b ü": 3 }, report: 4, cwd: "/a b" } as const;

test("takeState() is what was told to this process, once", () => {
  Deno.env.set(VARIABLE, `${stateText(STATE)}${Deno.pid}`);
  assertEquals(takeState(), STATE);
  assertEquals([takeState(), Deno.env.has(VARIABLE)], [undefined, false]);
});

test("takeState() does not believe what a parent was told", () => {
  Deno.env.set(VARIABLE, `${stateText(STATE)}${Deno.pid + 1}`);
  assertEquals([takeState(), Deno.env.has(VARIABLE)], [undefined, false]);
});
