// permissions: --allow-ffi={libc} --allow-run=bc
/**
 * `bc [EXPRESSION...]`: has bc(1) work out each EXPRESSION in one dialog and prints `EXPRESSION = VALUE`; without any, three whose values are known are compared.
 *
 * Each question is followed by one whose answer is known, so that it is seen where the answer ends. Whatever bc says of an
 * error, an EXPRESSION without a value, and no answer within ten seconds are failures.
 */
import { EOF, Expect, spawnPty } from "../../lib/terminals/mod.ts";
import { print, run, UsageError } from "../program.ts";

const KNOWN: Record<string, string> = {
  "6 * 7": "42",
  "2 ^ 100": "1267650600228229401496703205376",
  "scale = 10; 4 * a(1)": "3.1415926532",
};

/** What bc says of an expression. */
async function answer(dialog: Expect, expression: string): Promise<string> {
  await dialog.sendLine(expression);
  await dialog.sendLine('print "answered\\n"');
  const { before } = await dialog.expect("answered\n");
  const value = before.trim();
  if (value === "") throw new Error(`${expression} has no value`);
  if (/error|zero|\(standard_in\)/i.test(value)) throw new Error(`${expression}: ${value}`);
  return value;
}

async function main(args: string[]): Promise<void> {
  // It would be two questions.
  // deno-lint-ignore no-control-regex -- a terminal takes control characters for commands
  if (args.some((text) => text.trim() === "" || /[\x00-\x1f\x7f]/.test(text))) throw new UsageError();
  // Without lines of a certain length bc breaks none; without echo only its answers come.
  const env = { TERM: "dumb", BC_LINE_LENGTH: "0" };
  await using dialog = new Expect(spawnPty(["bc", "-q", "-l"], { env, settings: ["-echo", "-onlcr"] }), {
    timeout: 10_000,
  });
  for (const expression of args.length > 0 ? args : Object.keys(KNOWN)) {
    const value = await answer(dialog, expression);
    print(`${expression} = ${value}`);
    if (args.length === 0 && value !== KNOWN[expression]) throw new Error(`${expression} is ${KNOWN[expression]}`);
  }
  // ^D could come while bc changes its terminal, and would be another character then.
  await dialog.sendLine("quit");
  await dialog.expect(EOF);
}

await run({ name: "bc", usage: "[EXPRESSION...]", main });
