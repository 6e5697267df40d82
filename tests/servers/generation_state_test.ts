import { stateText, takeDescriptor, takeState, VARIABLE } from "../../lib/servers/generation_state.ts";
import { pipe } from "../../lib/core/pipe.ts";
import { assert, assertEquals, assertThrows, test } from "../support/mod.ts";

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

test("takeDescriptor() owns it, and names what is not open", () => {
  const { reader, writer } = pipe();
  const fd = takeDescriptor(reader.release());
  fd.close();
  writer.close();
  assert(fd.closed);
  assertThrows(() => takeDescriptor(9_999), Deno.errors.BadResource, "descriptor 9999");
});
