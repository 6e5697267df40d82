// permissions: --allow-ffi={libc} --allow-env=FTP_PASSWORD --allow-run=ftp
/**
 * `ftp HOST[:PORT] [FILE [USER=anonymous]]`: logs in by ftp(1), prints the folder that it is in and a list of what is there, or fetches FILE into the current folder.
 *
 * The password of a USER is that of the environment's FTP_PASSWORD, or is asked for, unseen; nobody's is `anonymous@`. An
 * answer of the server's that is an error is a failure, and so is none within half a minute. With `-` for FILE there is a
 * list for a USER too.
 */
import { EOF, Expect, spawnPty } from "../../lib/terminals/mod.ts";
import { hostPort } from "../host_port.ts";
import { print, run, UsageError } from "../program.ts";
import { secret } from "../secret.ts";

const PROMPT = "ftp> ";
/** What the server refuses, and what the client cannot do. */
const REFUSED = /^(?:[45]\d\d[ -].*|ftp: .*|.*[Ll]ogin failed.*|Not connected\.)$/m;

/** Give the client a command; what has come before its next prompt. */
async function command(dialog: Expect, line: string): Promise<string> {
  await dialog.sendLine(line);
  return await prompted(dialog);
}

async function prompted(dialog: Expect): Promise<string> {
  const { before } = await dialog.expect(PROMPT);
  const [refused] = REFUSED.exec(before) ?? [];
  if (refused !== undefined) throw new Error(refused);
  return before;
}

async function logIn(dialog: Expect, user: string): Promise<void> {
  await dialog.sendLine(`user ${user}`);
  const { pattern } = await dialog.expect([/^Password:/m, REFUSED]);
  if (pattern === REFUSED) return void await prompted(dialog);
  await dialog.waitNoEcho({ timeout: 5_000 });
  await dialog.sendLine(user === "anonymous" ? "anonymous@" : await secret(`Password of ${user}:`, "FTP_PASSWORD"));
  await prompted(dialog);
}

/** A line of a listing, not a reply of the server's or a message of the client's. */
const isEntry = (line: string) => line !== "" && !/^\d{3}[ -]/.test(line);

async function main([place, file = "-", user = "anonymous", ...more]: string[]): Promise<void> {
  // deno-lint-ignore no-control-regex -- a terminal takes control characters for commands
  if (place === undefined || more.length > 0 || /[\x00-\x20"\x7f]/.test(file + user)) throw new UsageError();
  const { host, port } = hostPort(place, 21);
  // Its own line editing, and what is kept in the user's folder, are left out.
  const ftp = spawnPty(["ftp", "-n", "-v"], { env: { TERM: "dumb" }, cols: 500, settings: ["-echo", "-onlcr"] });
  await using dialog = new Expect(ftp, { timeout: 30_000 });
  await prompted(dialog);
  await command(dialog, `open ${host} ${port}`);
  await logIn(dialog, user);
  if (file === "-") {
    const [, folder = ""] = /^Remote directory: (.*)$/m.exec(await command(dialog, "pwd")) ?? [];
    print(`in ${folder}`);
    for (const line of (await command(dialog, "ls")).split("\n")) if (isEntry(line)) print(line);
  } else {
    const [, count] = /^(\d+) bytes received/m.exec(await command(dialog, `get ${file} ${file.replace(/.*\//, "")}`)) ??
      [];
    if (count === undefined) throw new Error(`${file} did not come`);
    print(`${file}: ${count} bytes`);
  }
  await dialog.sendLine("quit");
  await dialog.expect(EOF);
}

await run({ name: "ftp", usage: "HOST[:PORT] [FILE [USER=anonymous]]", main });
