/** The program that notes who connects, in a world of its own: with names, ports below 1024, and a /dev where syslogd is the test. */
import { type Socket, socket } from "../../lib/sockets/mod.ts";
import { inWorld, worldTest } from "../sockets/names_world.ts";
import { assertEquals, assertMatch, type Ended, repository, test, within } from "../support/mod.ts";
import { exampleCommand, launched } from "./launched.ts";

const DATE = "\\w{3} \\w{3} [ \\d]\\d \\d\\d:\\d\\d:\\d\\d \\d{4}";

/** Makes the folder that is its first argument /dev, gives loopback addresses that have names, and runs the rest. */
const WORLD = `here=$PWD; cd "$1"; shift
for name in null zero urandom random tty; do : >$name; mount --bind /dev/$name $name || exit; done
mount --rbind . /dev || exit
for address in 192.0.2.7 192.0.2.10; do ip address add $address/32 dev lo || exit; done
cd "$here"; exec "$@"`;

/** Clients: `visit(FROM, PORT)` connects, and says what has come until the end. */
const CLIENTS = `use strict; use Socket; use IO::Socket::INET; $| = 1;
  sub visitor { IO::Socket::INET->new(LocalAddr => shift, PeerAddr => "127.0.0.1", PeerPort => shift) or die "$@" }
  sub visit { my $c = visitor(@_); print "<", join("", <$c>), ">\\n" }
  sub reset_at_once { my $c = visitor(@_); setsockopt($c, SOL_SOCKET, SO_LINGER, pack "ii", 1, 0); close $c }
`;

/** Starts a server, and has its ports, when all is ready, and its lines at the end. */
const SERVER = `sub served {
    my ($count, @command) = @_;
    our $pid = open(our $out, "-|", @command) or die "$!";
    map { my $line = <$out>; $line =~ /^backsniff \\d+: server started on port (\\d+) at / or die $line; $1 } 1 .. $count
  }
  sub lines { my $count = shift; map { scalar readline our $out } 1 .. $count }
  sub ended { kill TERM => our $pid; print "also $_" while readline our $out; close our $out; print "ended with $?\\n" }
`;

/** The socket where syslogd would listen, in a folder that is /dev for `run`. */
class Device implements Disposable {
  readonly folder: string = Deno.makeTempDirSync();
  readonly syslogd: Socket | undefined;

  constructor(withLog: boolean) {
    if (!withLog) return;
    this.syslogd = socket("PF_UNIX", "SOCK_DGRAM");
    this.syslogd.bind({ path: `${this.folder}/log` });
  }

  /** Run a program in Perl there. */
  async perl(script: string, ...args: string[]): Promise<Ended> {
    const program = ["perl", "-e", CLIENTS + SERVER + script, ...args];
    return await launched(inWorld(["sh", "-c", WORLD, "sh", this.folder, ...program]));
  }

  /** The next message, without what differs each time. */
  async next(): Promise<string> {
    const message = new TextDecoder().decode(await this.syslogd!.recv(4_096, { timeout: within(5_000) }));
    return message.replace(/> ?\w{3} [ \d]\d \d\d:\d\d:\d\d /, "> DATE ").replace(/\[\d+\]/, "[PID]")
      .replace(/\]:\d+ /, "]:PORT ").trimEnd();
  }

  [Symbol.dispose](): void {
    this.syslogd?.close();
    Deno.removeSync(this.folder, { recursive: true });
  }
}

const NEEDS = ["perl", "ip", "mount"];
const visitOf = (name: string, ip: string, to: string) => `Connection from ${name} [${ip}]:PORT to ${to}`;
const messageOf = (text: string) => `<29> DATE backsniff[PID]: ${text}`;

worldTest(
  "servers/backsniff notes who connects to each port, by a name that is true, in the log and on standard output",
  async () => {
    using device = new Device(true);
    const { code, stdout, stderr } = await device.perl(
      `my ($telnet, $other) = served(2, @ARGV);
    for (["192.0.2.7", $telnet], ["192.0.2.10", $telnet], ["127.0.0.2", $other]) { visit(@$_); print lines(1) }
    reset_at_once("192.0.2.7", $telnet); print lines(1);
    ended();`,
      ...exampleCommand("servers/backsniff", "--bind", "127.0.0.1", "telnet", "0"),
    );
    assertEquals([code, stderr], [0, ""]);
    const lines = stdout.split("\n");
    const [, other] = /to 127\.0\.0\.1:(\d+)/.exec(lines[5]!) ?? [];
    const named = visitOf("true.example", "192.0.2.7", "127.0.0.1:23 (telnet)");
    // The name of this one is nobody's address.
    const nameless = visitOf("192.0.2.10", "192.0.2.10", "127.0.0.1:23 (telnet)");
    const pair = visitOf("pair", "127.0.0.2", `127.0.0.1:${other} (${other})`);
    const wanted = [named, nameless, pair, named];
    assertEquals(
      lines.map((line) =>
        line.replace(new RegExp(`^backsniff \\d+: (.*) at ${DATE}$`), "$1").replace(/\]:\d+ /, "]:PORT ")
      ),
      ["<>", named, "<>", nameless, "<>", pair, named, "ended with 0", ""],
    );
    for (const text of wanted) assertEquals(await device.next(), messageOf(text));
  },
  NEEDS,
);

worldTest("servers/backsniff says once that there is no syslogd, and notes a hundred that come at once", async () => {
  using device = new Device(false);
  const { code, stdout, stderr } = await device.perl(
    `my ($port) = served(1, @ARGV);
    my @all = map { visitor("127.0.0.1", $port) } 1 .. 100;
    my @lines = lines(100);
    print scalar(grep { /: Connection from localhost \\[127.0.0.1\\]:\\d+ to 127.0.0.1:$port \\($port\\) at / } @lines), "\\n";
    my %from; /\\]:(\\d+) / and $from{$1}++ for @lines; print scalar(keys %from), "\\n";
    print scalar(grep { !defined readline $_ } @all), "\\n";
    ended();`,
    ...exampleCommand("servers/backsniff", "0"),
  );
  assertEquals([code, stdout], [0, "100\n100\n100\nended with 0\n"]);
  assertEquals(
    stderr,
    'backsniff: no syslog: Cannot connect to "/dev/log": no such file or directory (ENOENT, connect)\n',
  );
}, NEEDS);

worldTest("servers/backsniff notes the connection that inetd gives it, and tells its client nothing", async () => {
  using device = new Device(true);
  const words = exampleCommand("servers/backsniff").map((word) => `'${word}'`).join(" ");
  Deno.writeTextFileSync(`${device.folder}/script`, `#!/bin/sh\ncd '${repository("")}'\nINIT_CWD=/ exec ${words}\n`, {
    mode: 0o755,
  });
  Deno.writeTextFileSync(`${device.folder}/conf`, "127.0.0.1:telnet stream tcp nowait root /dev/script backsniff\n");
  const { code, stdout, stderr } = await device.perl(
    `my $inetd = open(my $said, "-|", "exec inetd -d /dev/conf 2>&1") or die "$!";
    while (<$said>) { last if /registered|ADD/ }
    visit("192.0.2.7", 23);
    unlink "/dev/log";
    visit("192.0.2.7", 23);
    kill TERM => $inetd; 1 while <$said>; close $said;`,
  );
  assertEquals([code, stdout, stderr], [0, "<>\n<>\n", ""]);
  let message = await device.next();
  // What it may not do where it is not really root.
  while (message.includes(" inetd[")) message = await device.next();
  assertEquals(message, messageOf(visitOf("true.example", "192.0.2.7", "127.0.0.1:23 (telnet)")));
}, [...NEEDS, "inetd"]);

test("servers/backsniff without a port is inetd's alone, and serves no port that there is not", async () => {
  const run = (...args: string[]) => launched(exampleCommand("servers/backsniff", ...args));
  for (const args of [[], ["--bind", "127.0.0.1"], ["--bind", "", "0"]]) {
    const { code, stdout, stderr } = await run(...args);
    assertEquals([code, stdout, stderr], [2, "", "usage: backsniff [--bind ADDRESS] [PORT...]\n"], args.join(" "));
  }
  const { code, stderr } = await run("no-such-service");
  assertEquals(code, 1);
  assertMatch(stderr, /^backsniff: Cannot find the port of the service "no-such-service" of tcp: .*\n$/);
});
