// permissions: --allow-ffi={libc} --allow-net --allow-run=who,/usr/games/fortune --allow-read=/etc/motd
/**
 * `command [--bind ADDRESS] [PORT]`: obeys a few words: quit, date, who, cookie, motd. It has one client at a time; others wait.
 *
 * Words are found anywhere in a line, in large letters or small. The port is 9000 if none is given.
 */
import { capture } from "../../lib/processes/mod.ts";
import { serve, type StreamHandler } from "../../lib/servers/mod.ts";
import { fortunes } from "../fortune.ts";
import { run } from "../program.ts";
import { ctime } from "../ctime.ts";
import { nameOf, placeOf, ServerProgram } from "../server_program.ts";

const program = new ServerProgram("command");

/** What a command gives, or why it gives nothing: Perl's `who 2>&1`. */
async function attempt(command: () => Promise<string> | string): Promise<string> {
  try {
    return await command();
  } catch (error) {
    return `${(error as Error).message}\n`;
  }
}

/** What is sent for a line; undefined ends the conversation. */
async function answer(line: string, cookie: () => Promise<string> | string): Promise<string | undefined> {
  if (!/\S/.test(line)) return "";
  if (/quit|exit/i.test(line)) return undefined;
  if (/date|time/i.test(line)) return `${ctime()}\n`;
  if (/who/i.test(line)) return await attempt(async () => (await capture(["who"])).stdout);
  if (/cookie/i.test(line)) return await attempt(cookie);
  if (/motd/i.test(line)) return await attempt(() => Deno.readTextFile("/etc/motd"));
  return "Commands: quit date who cookie motd\n";
}

function obey(cookie: () => Promise<string> | string): StreamHandler {
  return async (connection, client) => {
    program.print(`[Connect from ${await nameOf(client)}]`);
    await connection.print(`Welcome to ${program.name}; type help for command list.\nCommand? `);
    for await (const line of connection.readLines({ signal: client.stopping })) {
      const text = await answer(line, cookie);
      if (text === undefined) break;
      await connection.print(`${text}Command? `);
    }
  };
}

async function command(args: string[]): Promise<void> {
  const place = placeOf(args, 9000);
  const cookie = await fortunes(program.name);
  const server = await serve(place, obey(cookie), program.options({ mode: "single" }));
  const running = program.run(server);
  program.print(`[Server ${program.name} accepting clients]`);
  await running;
}

await run({ name: program.name, usage: "[--bind ADDRESS] [PORT]", main: command });
