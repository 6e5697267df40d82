import { socketOption } from "../../lib/sockets/option_table.ts";
import type { SocketOptions } from "../../lib/sockets/mod.ts";
import { repository, test } from "../support/mod.ts";
import { assert, assertEquals, assertThrows } from "../support/mod.ts";

test("socketOption() knows every option that the types name, by level and number", async () => {
  const source = await Deno.readTextFile(repository("lib/sockets/option_types.ts"));
  const names = [...source.matchAll(/^ {2}(\w+): /gm)].map(([, name]) => name as keyof SocketOptions);
  assert(names.length > 50);
  const found = names.map((name) => socketOption(name));
  assert(found.every(({ level, number }) => level >= 0 && number > 0));
  assertEquals(new Set(found.map(({ level, number }) => `${level} ${number}`)).size, names.length);
});

test("socketOption() knows no other", () => {
  for (const name of ["SO_NONE", "", "constructor"]) assertThrows(() => socketOption(name as "SO_ERROR"), TypeError);
});
