/** What supervisors say in the environment. */
import { requireAccess } from "../core/permissions.ts";

/** A variable's value, if it is set. @throws {Deno.errors.NotCapable} without `env` permission for it. */
export function variable(name: string): string | undefined {
  requireAccess({ name: "env", variable: name }, name);
  return Deno.env.get(name);
}

/** Remove variables, so that children do not take what they say for theirs. @throws {Deno.errors.NotCapable} */
export function removeVariables(names: readonly string[]): void {
  for (const name of names) if (variable(name) !== undefined) Deno.env.delete(name);
}

/** The whole number that a variable has, if it is set. @throws {Deno.errors.InvalidData} if it is none. */
export function numericVariable(name: string): number | undefined {
  const text = variable(name);
  if (text === undefined) return undefined;
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw garbled(name, text, "a whole number");
}

/** The error for a variable that is not what the protocol says. */
export function garbled(name: string, text: string, expected: string): Error {
  return new Deno.errors.InvalidData(`The variable ${name} is ${JSON.stringify(text)}, which is not ${expected}`);
}
