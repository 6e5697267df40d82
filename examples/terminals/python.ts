// permissions: --allow-ffi={libc} --allow-run=python3
/**
 * `python [LINE...]`: types each LINE to Python's prompt and prints the dialog; without any, a few whose answers are known are compared.
 *
 * A block that is open behind the last LINE is closed. An exception is a failure, and so is a prompt that does not come within
 * ten seconds.
 */
import { EOF, Expect, spawnPty } from "../../lib/terminals/mod.ts";
import { print, run, UsageError } from "../program.ts";

const KNOWN: [line: string, answer: string][] = [
  ["6 * 7", "42"],
  ["def greeting(name):", ""],
  ["    return f'hello, {name}'", ""],
  ["", ""],
  ["print(greeting('world'))", "hello, world"],
];

const PROMPT = /^(>>> |\.\.\. )/m;

/** What Python says at its prompt, and the next one. */
async function said(dialog: Expect): Promise<{ answer: string; prompt: string }> {
  const { before, match } = await dialog.expect(PROMPT);
  const answer = before.replace(/\n$/, "");
  if (/^(Traceback| {2}File )/m.test(answer)) throw new Error(`Python says ${answer.split("\n").at(-1)}`);
  return { answer, prompt: match };
}

async function main(args: string[]): Promise<void> {
  // deno-lint-ignore no-control-regex -- a terminal takes control characters for commands
  if (args.some((text) => /[\x00-\x08\x0a-\x1f\x7f]/.test(text))) throw new UsageError();
  // The plain prompt, without the colours and the line editing of later versions.
  const env = { TERM: "dumb", PYTHON_BASIC_REPL: "1", PYTHONSTARTUP: "" };
  const python = spawnPty(["python3", "-q"], { env, settings: ["-echo", "-onlcr"] });
  await using dialog = new Expect(python, { timeout: 10_000 });
  let { prompt } = await said(dialog);
  const ask = async (line: string, known?: string) => {
    await dialog.sendLine(line);
    print(prompt + line);
    const reply = await said(dialog);
    prompt = reply.prompt;
    if (reply.answer !== "") print(reply.answer);
    if (known !== undefined && reply.answer !== known) throw new Error(`its answer is not ${JSON.stringify(known)}`);
  };
  for (const line of args) await ask(line);
  if (args.length === 0) { for (const [line, answer] of KNOWN) await ask(line, answer); }
  if (prompt === "... ") await ask("");
  // ^D could come while Python changes its terminal, and would be another character then.
  await dialog.sendLine("exit()");
  await dialog.expect(EOF);
}

await run({ name: "python", usage: "[LINE...]", main });
