/** The examples that hold dialogs; a machine may lack the programs, which they have to say then. */
import { capture, type Captured } from "../../lib/processes/mod.ts";
import { listen } from "../../lib/sockets/mod.ts";
import { must } from "./step.ts";

type Command = (name: string, args: string[]) => string[];

const PATIENCE = { timeout: 30_000 };

/** What the example says of a program that is not there. */
function lacking({ stderr, status }: Captured, program: string): string | undefined {
  // The screen's package comes from npm when it is first asked for.
  if (/npm/i.test(stderr) && /@xterm/.test(stderr)) {
    return "no @xterm/headless on this machine, and npm cannot be reached";
  }
  const says = stderr.includes(`Cannot spawn ${JSON.stringify(program)}: `) && stderr.includes("ENOENT");
  return says && status.code === 1 ? `no ${program} on this machine: it says so, exit 1` : undefined;
}

/** Run it with `args`: `found`, if it ends well and writes what is `wanted`. */
async function answers(command: string[], program: string, wanted: RegExp, found: string): Promise<string> {
  const ended = await capture(command, { check: false, input: "", ...PATIENCE });
  const { stdout, stderr, status } = ended;
  const said = wanted.test(stdout) && status.success ? found : lacking(ended, program);
  must(said !== undefined, `${status}\n${stdout}${stderr}`.trim());
  return said;
}

async function pictured(command: Command): Promise<string> {
  const folder = await Deno.makeTempDir();
  try {
    const words = command("terminals/vim", [`${folder}/it`, "a line", "--svg"]);
    return await answers(
      words,
      "vim",
      /^<svg [^]*a line|^<svg /,
      "a line was typed and written, and its picture drawn",
    );
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** A recording that is played again. */
async function recorded(command: Command): Promise<string> {
  const folder = await Deno.makeTempDir();
  try {
    const file = `${folder}/it.cast`;
    const record = command("terminals/record", ["-o", file, "echo", "hello"]);
    await answers(record, "echo", /hello\r\n$/, "recorded");
    return await answers(command("terminals/play", [file]), "echo", /hello\r\n$/, "hello, recorded and played");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Where nobody serves any more. */
async function alone(command: Command, name: string, program: string): Promise<string> {
  const listener = await listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr as Deno.NetAddr;
  listener.close();
  const ended = await capture(command(name, [`127.0.0.1:${port}`]), { check: false, input: "", ...PATIENCE });
  const refused = ended.status.code === 1 && /refused/i.test(ended.stderr) && "nobody serves there: it says so, exit 1";
  const said = refused || lacking(ended, program);
  must(said !== undefined, `${ended.status}\n${ended.stdout}${ended.stderr}`.trim());
  return said;
}

/** Each by name. */
export const TERMINAL_CHECKS: Record<string, (command: Command) => Promise<string>> = {
  "terminals/bc": (command) =>
    answers(command("terminals/bc", ["2 ^ 64"]), "bc", /^2 \^ 64 = 18446744073709551616\n$/, "2 to the 64th"),
  "terminals/comm": (command) =>
    answers(command("terminals/comm", []), "cat", /^(got back +\d+\ta line\n){10}$/, "ten lines back, none echoed"),
  "terminals/ftp": (command) => alone(command, "terminals/ftp", "ftp"),
  "terminals/play": recorded,
  "terminals/python": (command) =>
    answers(command("terminals/python", []), "python3", /\nhello, world\n$/, "an answer at each prompt"),
  "terminals/record": recorded,
  "terminals/ssh": (command) => alone(command, "terminals/ssh", "ssh"),
  "terminals/vim": pictured,
};
