/** The server examples, with the clients that Perl's manual and the Cookbook have for them. */
import { assert, assertEquals, assertMatch, denoSource, repository, test } from "../support/mod.ts";
import { alive, childrenOf, exampleCommand, launched, Running } from "./launched.ts";

const DATE = "\\w{3} \\w{3} [ \\d]\\d \\d\\d:\\d\\d:\\d\\d \\d{4}";

/** A server that runs. */
class Server {
  readonly running: Running;
  port = "";

  private constructor(readonly name: string, args: string[]) {
    this.running = new Running(exampleCommand(`servers/${name}`, ...args));
  }

  /** By default at 127.0.0.1 and a port that the kernel chooses. */
  static async start(name: string, args = ["--bind", "127.0.0.1", "0"]): Promise<Server> {
    const server = new Server(name, args);
    const first = new RegExp(`^${name} (\\d+): server started on port (\\d+) at ${DATE}\n`);
    const [, pid, port] = first.exec(await server.running.stdout.until(first))!;
    assertEquals(Number(pid), server.pid);
    server.port = port!;
    return server;
  }

  get pid(): number {
    return childrenOf(this.running.child.pid)[0]!;
  }

  /** Run clients in Perl, whose program finds `$port`; what they print. */
  async perl(script: string): Promise<string> {
    const setup = `use strict; use IO::Socket::INET; $| = 1; my $port = shift;`;
    const { code, stdout, stderr } = await launched(["perl", "-e", setup + CLIENT + script, this.port]);
    assertEquals([code, stderr], [0, ""]);
    return stdout;
  }

  /** End it by TERM, as who supervises it does; all that it has printed. */
  async stop(signal: Deno.Signal = "SIGTERM"): Promise<string> {
    const { pid } = this;
    this.running.child.kill(signal);
    const { code, stdout, stderr } = await this.running.end();
    assertEquals([code, stderr, alive(pid)], [0, "", false]);
    return stdout;
  }
}

/** The manual's clients: of TCP; what comes until the end; of UDP, for one question. */
const CLIENT = `
  sub tcp { IO::Socket::INET->new(Proto => "tcp", PeerAddr => shift || "127.0.0.1", PeerPort => $port) or die "$@" }
  sub all { my $line = join "", readline(shift); $line }
  sub ask {
    my ($text, $host) = @_;
    my $sock = IO::Socket::INET->new(Proto => "udp", PeerAddr => $host || "127.0.0.1", PeerPort => $port) or die "$@";
    $sock->send($text) or die "send: $!";
    $sock->recv(my $answer, 1024) // die "recv: $!";
    $answer
  }
`;

test("servers/tcp greets Perl's client by name, with CRLF, and logs who came", async () => {
  const server = await Server.start("tcp");
  const greeting = await server.perl(`print all(tcp()) for 1, 2;`);
  assertMatch(greeting, new RegExp(`^(Hello there, \\S+, it's now ${DATE}\r\n){2}$`));
  const [, name] = /there, (\S+),/.exec(greeting)!;
  const log = await server.stop();
  const line = `tcp \\d+: connection from ${name} \\[127\\.0\\.0\\.1\\] at port \\d+ at ${DATE}\n`;
  assertMatch(log, new RegExp(`^.*\n(${line}){2}$`));
}, { needs: ["perl"] });

test("servers/tcp says what keeps it from serving, and needs no more than a number", async () => {
  const server = await Server.start("tcp");
  const { code, stdout, stderr } = await launched(
    exampleCommand("servers/tcp", "--bind", "127.0.0.1", server.port),
  );
  assertEquals([code, stdout], [1, ""]);
  assertMatch(stderr, /^tcp: Cannot listen at 127\.0\.0\.1:\d+: address already in use \(EADDRINUSE, bind\)\n$/);
  await server.stop();
});

for (const name of ["tcp", "tcp_forking"]) {
  test(`servers/${name} ends with 141 once nobody reads its log, and serves the client before`, async () => {
    const server = await Server.start(name);
    await server.running.stdout.close();
    assertMatch(await server.perl(`print all(tcp());`), new RegExp(`^Hello there, .* ${DATE}\r?\n`));
    const { code } = await server.running.child.status;
    const stderr = (await server.running.stderr.rest()).replace(/^.*: no \/usr\/games\/fortune here.*\n/, "");
    assertEquals([code, stderr], [141, ""]);
    await server.running.child.stdin.close();
  }, { needs: ["perl"] });
}

test("servers/command talks as the manual's server does, with one client at a time", async () => {
  const server = await Server.start("command");
  const said = await server.perl(`
    my $first = tcp();
    my $second = tcp();
    print $second "quit\\n";
    $second->flush;
    for my $line ("", "  ", "WHAT TIME is it", "cookie", "help", "nothing like that", "please Exit now") {
      print $first "$line\\n";
    }
    print all($first), "|", all($second);
  `);
  const [first, second] = said.split("|");
  const prompt = "Command? ";
  const help = "Commands: quit date who cookie motd\n";
  assertMatch(first!, new RegExp(`^Welcome to command; type help for command list\\.\n${prompt.replace("?", "\\?")}`));
  const answers = first!.split(prompt);
  assertEquals([answers[1], answers[2], answers[5], answers[6], answers[7]], ["", "", help, help, ""]);
  assertMatch(answers[3]!, new RegExp(`^${DATE}\n$`));
  assertMatch(answers[4]!, /\S.*\n$/);
  assertEquals(second, `Welcome to command; type help for command list.\n${prompt}`);
  const { pid } = server;
  server.running.child.kill("SIGTERM");
  const { code, stdout } = await server.running.end();
  assertEquals([code, alive(pid)], [0, false]);
  assertMatch(stdout, /^.*\n\[Server command accepting clients\]\n(\[Connect from \S+\]\n){2}$/);
}, { needs: ["perl"] });

test("servers/udp answers Perl's client with the message before, and logs what was said", async () => {
  const server = await Server.start("udp");
  assertEquals(
    await server.perl(`print join "|", map { ask($_) } "one", "two", "three";`),
    "This is the starting message.|one|two",
  );
  await server.running.stdout.until(/said three/);
  const log = await server.stop();
  assertEquals(log.match(/ \S+ said (one|two|three) at /g)?.length, 3);
}, { needs: ["perl"] });

test("servers/nonforking sends lines back while another client is silent in mid-line", async () => {
  const server = await Server.start("nonforking");
  const said = await server.perl(`
    my $silent = tcp();
    syswrite($silent, "half a ");
    my $other = tcp();
    for (1 .. 3) { print $other "line $_\\n"; print scalar readline($other) }
    syswrite($silent, "line\\n");
    print scalar readline($silent);
  `);
  assertEquals(said, "line 1\nline 2\nline 3\nhalf a line\n");
  await server.stop();
}, { needs: ["perl"] });

test("servers/multihomed tells each client of TCP and UDP which address it came to", async () => {
  const server = await Server.start("multihomed", ["0.0.0.0:0"]);
  const lines = ["127.0.0.2", "127.0.0.3"].map((address) => `you came to ${address}:${server.port}`);
  assertEquals(
    await server.perl(`print all(tcp("127.0.0.2")); print ask("hello", "127.0.0.3"), "\\n";`),
    `${lines[0]}\r\n${lines[1]}\n`,
  );
  const [, ...printed] = (await server.stop("SIGTERM")).trimEnd().split("\n");
  assertEquals(printed, lines);
}, { needs: ["perl"] });

test("servers/multihomed tells the port of each of its addresses, and an address of TCP and UDP once", async () => {
  const server = await Server.start("multihomed", ["127.0.0.2:0", "127.0.0.3:0"]);
  const both = / port \d+ at .*\n.* port (\d+) at .*\n/;
  const [, second] = both.exec(await server.running.stdout.until(both))!;
  assertEquals(
    await server.perl(`$port = ${second}; print all(tcp("127.0.0.3"))`),
    `you came to 127.0.0.3:${second}\r\n`,
  );
  await server.stop();
}, { needs: ["perl"] });

test("servers/hardened takes digits alone for a port, and may start nothing", async () => {
  for (const port of ["80; rm", "0x50", "65536", "ssh"]) {
    const { code, stderr } = await launched(exampleCommand("servers/hardened", port));
    assertEquals([code, stderr], [1, "hardened: invalid port\n"], port);
  }
  const source = Deno.readTextFileSync(repository("examples/servers/hardened.ts"));
  assert(!source.split("\n")[0]!.includes("--allow-run"));
});

test("servers/hardened keeps PATH alone of its environment, for itself and for what it would start", async () => {
  const source = `
    import { capture } from "vasty/mod.ts";
    // It is done when it was told to end.
    import("vasty/examples/servers/hardened.ts");
    while (Deno.env.has("SECRET")) await new Promise((resolve) => setTimeout(resolve, 5));
    console.log("\\n" + JSON.stringify([Deno.env.toObject(), (await capture(["env"])).stdout]));
    Deno.exit(0);`;
  const env = {
    PATH: `/tmp:${Deno.env.get("PATH")}`,
    IFS: "x",
    BASH_ENV: "/tmp/x",
    LD_LIBRARY_PATH: "/tmp",
    SECRET: "s",
  };
  const options = { env, flags: ["--allow-net", "--allow-env", "--allow-run"], args: ["--bind", "127.0.0.1", "0"] };
  const { stdout, stderr } = await denoSource(source, options);
  const PATH = "/usr/bin:/bin";
  assertEquals([stderr, JSON.parse(/^\[.*\]$/m.exec(stdout)![0])], ["", [{ PATH }, `PATH=${PATH}\n`]]);
});

for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) {
  test(`servers/hardened greets, and ends by ${signal} when that comes`, async () => {
    const server = await Server.start("hardened");
    assertMatch(await server.perl(`print all(tcp());`), /^Hello there, /);
    const { pid } = server;
    Deno.kill(pid, signal);
    const ended = await server.running.end();
    assertEquals([ended.signal, ended.stderr, alive(pid)], [signal, "", false]);
  }, { needs: ["perl"] });
}
