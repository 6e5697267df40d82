/** fortune(6) as a child that has a connection as its standard output, or its like where there is none. */
import type { ServedChild } from "../lib/servers/mod.ts";
import { fortuneProgram, ownFortune } from "./fortune.ts";

/** What a server has for its child. `name` is that of the example, which says where there is no fortune(6). */
export async function fortuneChild(name: string): Promise<ServedChild> {
  const program = await fortuneProgram(name);
  return program ? { program } : { module: import.meta.url, export: "printFortune" };
}

/** Run in the child. */
export function printFortune(): void {
  console.log(ownFortune());
}
