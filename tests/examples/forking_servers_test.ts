/** The server examples that have children, with clients in Perl. */
import { assert, assertEquals, assertMatch, test } from "../support/mod.ts";
import { alive, childrenOf, exampleCommand, Folder, launched, Running } from "./launched.ts";

const DATE = "\\w{3} \\w{3} [ \\d]\\d \\d\\d:\\d\\d:\\d\\d \\d{4}";
const TCP = "use IO::Socket::INET; my $s = IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => shift) or die;";
const UNIX = "use IO::Socket::UNIX; my $s = IO::Socket::UNIX->new(Peer => shift) or die;";

/** What a client in Perl is sent that sends `text` and then no more. */
async function client(setup: string, where: string, text = ""): Promise<string> {
  const script = `${setup} print $s shift; shutdown $s, 1; print while <$s>;`;
  const { code, stdout, stderr } = await launched(["perl", "-e", script, where, text]);
  assertEquals([code, stderr], [0, ""]);
  return stdout;
}

/** A started server, and where it serves. */
async function started(
  name: string,
  args: string[],
  cwd?: string,
): Promise<{ running: Running; pid: number; on: string }> {
  const running = new Running(exampleCommand(`servers/${name}`, ...args), { cwd });
  const first = new RegExp(`^${name} (\\d+): server started on (?:port )?(\\S+) at ${DATE}\n`);
  const [, pid, on] = first.exec(await running.stdout.until(first))!;
  assertEquals(childrenOf(running.child.pid), [Number(pid)]);
  return { running, pid: Number(pid), on: on! };
}

/** End it as from a terminal or a supervisor; the rest of what it has printed, without the dates. */
async function ended({ running, pid }: { running: Running; pid: number }, signal: Deno.Signal): Promise<string> {
  const children = childrenOf(pid);
  Deno.kill(pid, signal);
  const { code, stdout, stderr } = await running.end();
  assertEquals(code, 0, stderr);
  for (const child of children) assert(!alive(child), `process ${child} is left`);
  return stdout.replaceAll(new RegExp(` at ${DATE}\n`, "g"), "\n");
}

test("servers/tcp_forking greets, has a program talk to its client, and tells of its birth and death", async () => {
  const server = await started("tcp_forking", ["--bind", "127.0.0.1", "0", "sh", "-c", "cat -n; : a, b; exit 1"]);
  const text = await client(TCP, server.on, "one\ntwo\n");
  assertMatch(text, new RegExp(`^Hello there, \\S+, it's now ${DATE}\r\n +1\tone\n +2\ttwo\n$`));
  await server.running.stdout.until(/reaped .*\n/);
  const log = await ended(server, "SIGINT");
  const [, child] = /begat (\d+)/.exec(log)!;
  const own = `tcp_forking ${server.pid}:`;
  assertMatch(log, new RegExp(`\n${own} connection from \\S+ \\[127\\.0\\.0\\.1\\] at port \\d+\n`));
  assert(log.endsWith(`\n${own} begat ${child}\n${own} reaped ${child} with exit 256\n`), log);
}, { needs: ["perl"] });

test("servers/tcp_forking has a fortune for its clients, of fortune(6) or of its own", async () => {
  const server = await started("tcp_forking", ["--bind", "127.0.0.1", "0"]);
  const text = await client(TCP, server.on);
  assertMatch(text, new RegExp(`^Hello there, \\S+, it's now ${DATE}\r\n[^]*\\w[^]*\n$`));
  await server.running.stdout.until(/reaped \d+ at/);
  assertMatch(await ended(server, "SIGTERM"), /begat (\d+)\n.*reaped \1\n$/);
}, { needs: ["perl"] });

test("servers/unix replaces a stale socket file, and not a live one, and removes its own", async () => {
  using folder = new Folder();
  const stale = `use IO::Socket::UNIX; IO::Socket::UNIX->new(Local => shift, Listen => 1) or die`;
  assertEquals((await launched(["perl", "-e", stale, `${folder.path}/sock`])).code, 0);
  const server = await started("unix", ["sock"], folder.path);
  const second = await launched(exampleCommand("servers/unix", "sock"), { cwd: folder.path });
  assertEquals([second.code, second.stdout], [1, ""]);
  assertMatch(second.stderr, /(^|\n)unix: .*"?sock"?.*EADDRINUSE/);
  assertMatch(await client(UNIX, `${folder.path}/sock`), new RegExp(`^Hello there, it's now ${DATE}\n[^]*\\w[^]*\n$`));
  await server.running.stdout.until(/reaped \d+ at/);
  const own = `unix ${server.pid}:`;
  assertMatch(
    await ended(server, "SIGTERM"),
    new RegExp(`\n${own} connection on sock\n${own} begat (\\d+)\n${own} reaped \\1\n$`),
  );
  assertEquals(folder.files, ["lines.txt"]);
}, { needs: ["perl"] });

test("servers/preforking greets by children that are replaced after so many clients, and INT ends all", async () => {
  const server = await started("preforking", ["--bind", "127.0.0.1", "0", "2", "3"]);
  for (let i = 0; i < 8; i++) {
    assertMatch(await client(TCP, server.on), new RegExp(`^Hello there, \\S+, it's now ${DATE}\r\n$`));
  }
  await server.running.stdout.until(/(ended after 3[^]*){2}/);
  const log = await ended(server, "SIGINT");
  const pids = [...log.matchAll(/child (\d+) started/g)].map(([, pid]) => pid);
  const over = [...log.matchAll(/child (\d+) ended after (\d)/g)].map(([, pid, served]) => ({
    pid,
    served: Number(served),
  }));
  assertEquals([over.map(({ pid }) => pid).sort(), new Set(pids).size], [pids.sort(), pids.length]);
  assertEquals(over.filter(({ served }) => served === 3).length, 2);
  assertEquals(over.reduce((sum, { served }) => sum + served, 0), 8);
}, { needs: ["perl"] });
