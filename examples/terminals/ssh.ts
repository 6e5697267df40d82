// permissions: --allow-ffi={libc} --allow-env=SSHPASS --allow-run=ssh
/**
 * `ssh [--accept] [--config FILE] [USER@]HOST[:PORT] [COMMAND...]`: logs in by ssh(1), answers what that asks on its terminal, runs COMMAND (`id`) there and ends as it ends.
 *
 * The password, or the passphrase of a key, is that of the environment's SSHPASS, or is asked for, unseen. A host that is
 * not known is asked about too, but with `--accept`. FILE is ssh's configuration. What COMMAND writes to its standard output
 * is this program's, byte for byte, what it reads is what this program has got, unless that is a terminal; all that is said
 * on the terminal, COMMAND's errors too, goes to the standard error output.
 */
import { type Case, CONTINUE, EOF, Expect, isTerminal, type Match, spawnPty } from "../../lib/terminals/mod.ts";
import { hostPort } from "../host_port.ts";
import { run, UsageError } from "../program.ts";
import { asked, secret } from "../secret.ts";

/** What ssh ends with if it is ssh that has failed. */
const FAILED = 255;

interface Login {
  accept: boolean;
  command: string[];
}

/** Options are those before HOST: behind it they are COMMAND's. */
function login(args: string[]): Login {
  const options: string[] = [];
  const words = [...args];
  let accept = false;
  while (words[0]?.startsWith("--")) {
    const option = words.shift();
    if (option === "--accept") accept = true;
    else if (option === "--config" && words[0]) options.push("-F", words.shift()!);
    else throw new UsageError();
  }
  const [destination = "", ...command] = words;
  const at = destination.lastIndexOf("@") + 1;
  const { host, port } = hostPort(destination.slice(at));
  if (host.startsWith("-")) throw new UsageError();
  if (port !== undefined) options.push("-p", `${port}`);
  const remote = command.length > 0 ? command : ["id"];
  return { accept, command: ["ssh", ...options, "--", destination.slice(0, at) + host, ...remote] };
}

/** What ssh asks, and what it is answered. */
function questions(dialog: Expect, accept: boolean): Case[] {
  const answered = new Set<string>();
  const hostKey = async ({ match }: Match) => {
    const answer = accept ? "yes" : isTerminal(0) ? await asked(match) : "no";
    await dialog.sendLine(answer);
    return CONTINUE;
  };
  const password = async ({ match }: Match) => {
    // Only a program that takes a secret switches the echo off: no other one is told it.
    await dialog.waitNoEcho({ timeout: 5_000 });
    if (answered.has(match)) throw new Error("it was refused");
    answered.add(match);
    await dialog.sendLine(await secret(match, "SSHPASS"));
    return CONTINUE;
  };
  const shown = ({ match }: Match) => {
    // ssh begins some lines with a return, and ends some with one.
    const line = match.replaceAll("\r", "").trimEnd();
    if (line !== "") console.error(line);
    return CONTINUE;
  };
  return [
    { pattern: /^.*\(yes\/no.*\)\?/m, action: hostKey },
    { pattern: /^.*(?:password|passphrase).*:(?= $)/im, action: password },
    { pattern: /^[^\n]*\n/, action: shown },
  ];
}

async function main(args: string[]): Promise<number> {
  const { accept, command } = login(args);
  const stdin = isTerminal(0) ? "null" : "inherit";
  const ssh = spawnPty(command, { stdin, stdout: "inherit", settings: ["-echo", "-onlcr"] });
  await using dialog = new Expect(ssh, { timeout: Infinity });
  await dialog.expect([...questions(dialog, accept), EOF]);
  const status = await ssh.status;
  if (status.code === FAILED) throw new Error("ssh has failed");
  return status.code ?? 1;
}

await run({ name: "ssh", usage: "[--accept] [--config FILE] [USER@]HOST[:PORT] [COMMAND...]", main });
