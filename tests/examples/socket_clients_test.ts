/** The examples that ask a server and print its answer, with servers in Perl. */
import { socket } from "../../lib/sockets/mod.ts";
import { deaf } from "../sockets/deaf.ts";
import { portOf, SocketFolder } from "../sockets/loopback.ts";
import { inWorld, worldTest } from "../sockets/names_world.ts";
import { assert, assertEquals, assertMatch, denoSource, sample, test } from "../support/mod.ts";
import { exampleCommand, launched, Running } from "./launched.ts";
import { PerlServer } from "./perl_server.ts";
import { directCommand } from "./signalled.ts";

const NEEDS = { needs: ["perl"] };

/** The manual's server. */
const GREETS =
  `while (my $c = $s->accept) { print $c "Hello there, ", $c->peerhost, ", it's now ", scalar localtime, "\\r\\n" }`;

test(
  "sockets/tcp_client prints what a Perl server sends, to a port or a service, from the address it is told",
  async () => {
    await using server = await PerlServer.listening(GREETS);
    for (
      const [args, from] of [
        [["localhost", server.port], "127.0.0.1"],
        [[server.place, "--bind", "127.0.0.2"], "127.0.0.2"],
        [["localhost", `no such service(${server.port})`, "--timeout", "20000"], "127.0.0.1"],
      ] as const
    ) {
      const { code, stdout, stderr } = await launched(directCommand("sockets/tcp_client", ...args));
      assertEquals({ code, stderr }, { code: 0, stderr: "" });
      const greeting = `^Hello there, ${from}, it's now \\w{3} \\w{3} [ \\d]\\d \\d\\d:\\d\\d:\\d\\d \\d{4}\\r\\n$`;
      assertMatch(stdout, new RegExp(greeting));
    }
  },
  NEEDS,
);

test("sockets/tcp_client reaches [V6]:PORT, and prints the last bytes without a line end", async () => {
  using folder = new SocketFolder();
  using listener = folder.listener("PF_INET6", "SOCK_STREAM");
  const running = new Running(directCommand("sockets/tcp_client", `[::1]:${portOf(listener.getsockname())}`));
  {
    using server = (await listener.accept()).socket;
    await server.send(new TextEncoder().encode("no end"));
    await running.stdout.until(/^no end$/);
  }
  const { code, stdout, stderr } = await running.end("");
  assertEquals({ code, stdout, stderr }, { code: 0, stdout: "no end", stderr: "" });
});

test("sockets/tcp_client ends with 141 when nobody reads what it prints", async () => {
  await using server = await PerlServer.listening(
    `my $c = $s->accept; $SIG{PIPE} = "DEFAULT"; 1 while print $c "more\\n"`,
  );
  const running = new Running(directCommand("sockets/tcp_client", server.place));
  await running.stdout.until(/more/);
  await running.stdout.close();
  const { code } = await running.child.status;
  assertEquals([code, await running.stderr.rest()], [141, ""]);
  await running.child.stdin.close();
}, NEEDS);

test("sockets/tcp_client says that a server has broken the connection, after what it has sent", async () => {
  using folder = new SocketFolder();
  using listener = folder.listener("PF_INET", "SOCK_STREAM");
  const running = new Running(directCommand("sockets/tcp_client", `127.0.0.1:${portOf(listener.getsockname())}`));
  {
    using server = (await listener.accept()).socket;
    await server.send(new TextEncoder().encode("half"));
    await running.stdout.until(/half/);
    server.setOption("SO_LINGER", 0);
  }
  const { code, stdout, stderr } = await running.end();
  assertEquals([code, stdout], [1, "half"]);
  assertMatch(stderr, /^tcp_client: .*ECONNRESET.*\n$/);
});

/** Nobody listens at its port. */
async function refusing(use: (port: number) => Promise<void>): Promise<void> {
  using bound = socket("PF_INET", "SOCK_STREAM");
  bound.bind({ hostname: "127.0.0.1", port: 0 });
  await use(portOf(bound.getsockname()));
}

/** A label of 64 letters is in no name server: none is asked. */
const NOBODY = `${"x".repeat(64)}.example`;

test("sockets/tcp_client says what is wrong: the port, the host, or the connection", () =>
  refusing(async (port) => {
    for (
      const [args, fault] of [
        [["localhost", "no-such-service"], /^No port$/],
        [["localhost", "0"], /^No port$/],
        [["localhost", "65536"], /^No port$/],
        [[NOBODY, "80"], new RegExp(`^no host: ${NOBODY}$`)],
        [
          ["127.0.0.1", `${port}`],
          /^connect: Cannot connect to 127\.0\.0\.1:\d+: connection refused \(ECONNREFUSED, connect\)$/,
        ],
        [["127.0.0.1", `${port}`, "--bind", "192.0.2.1"], /^connect: Cannot bind to 192\.0\.2\.1:0: .*EADDRNOTAVAIL/],
      ] as const
    ) {
      const { code, stdout, stderr } = await launched(directCommand("sockets/tcp_client", ...args));
      assertEquals({ code, stdout }, { code: 1, stdout: "" });
      const [, text] = /^tcp_client: (.*)\n$/.exec(stderr) ?? [];
      assertMatch(text ?? stderr, fault);
    }
  }));

test("sockets/tcp_client gives up a server that does not answer in time", async () => {
  using folder = new SocketFolder();
  const { listener, queued } = await deaf(folder);
  using _listener = listener;
  const args = [`127.0.0.1:${portOf(listener.getsockname())}`, "--timeout", "50"];
  const { code, stderr } = await launched(directCommand("sockets/tcp_client", ...args));
  queued.forEach((one) => one.close());
  assertEquals(code, 1);
  assertMatch(stderr, /^tcp_client: connect: .*\b50 ms/);
});

for (
  const args of [
    ["localhost", "80", "90"],
    ["localhost:80", "90"],
    ["localhost", "--timeout", "soon"],
    ["localhost", "--bind"],
    ["localhost", "--wait", "1"],
    ["--timeout", "1", "localhost"],
    [":80"],
  ]
) {
  test(`sockets/tcp_client takes ${args.join(" ")} for wrong usage`, async () => {
    const { code, stderr } = await launched(directCommand("sockets/tcp_client", ...args));
    assertEquals([code, stderr.startsWith("usage: tcp_client [HOST")], [2, true], stderr);
  }, { skip: sample(args.length === 3) });
}

/** It tells its clients, one after the other, the times that are its arguments, of 32 bits; "now", "short" and "none" apart. */
const TIMES = `for (@ARGV) { my $c = $s->accept; next if $_ eq "none";
  print $c $_ eq "short" ? "ab" : pack "N", $_ eq "now" ? time + 2208988800 : $_; }`;

test("sockets/clock shows clocks of both eras, in local time, and goes on after those that have none", async () => {
  await using server = await PerlServer.listening(TIMES, "now", "4294967295", "0", "short", "none", "now");
  await refusing(async (port) => {
    const hosts = [
      server.place,
      server.place,
      server.place,
      server.place,
      `127.0.0.1:${port}`,
      server.place,
      server.place,
    ];
    const { code, stdout, stderr } = await launched(directCommand("sockets/clock", ...hosts), {
      env: { TZ: "Asia/Tokyo" },
    });
    const DATE = String.raw`\w{3} \w{3} [ \d]\d \d\d:\d\d:\d\d \d{4}`;
    const here = server.place.padEnd(24);
    const lines = stdout.split("\n");
    assertMatch(lines[0]!, new RegExp(`^localhost {15} {8}0 ${DATE}$`));
    for (const at of [1, 4]) assertMatch(lines[at]!, new RegExp(`^${here} {7}[ -][01] ${DATE}$`));
    const ahead = [2, 3].map((at) => Number(lines[at]!.slice(25, 35)));
    const left = 4_294_967_295 - 2_208_988_800 - Date.now() / 1_000;
    assert(Math.abs(ahead[0]! - left) < 60 && Math.abs(ahead[1]! - left) < 60, stdout);
    assertEquals(lines[2], `${here} ${ahead[0]} Thu Feb  7 15:28:15 2036`);
    assertEquals(lines[3], `${here} ${ahead[1]} Thu Feb  7 15:28:16 2036`);
    assertEquals([code, lines.length], [1, 6]);
    const faults = stderr.replaceAll(/127\.0\.0\.1:\d+/g, "HOST").split("\n");
    assertEquals(faults, [
      "clock: HOST: its answer has 2 bytes instead of 4",
      "clock: HOST: Cannot connect to HOST: connection refused (ECONNREFUSED, connect)",
      "clock: HOST: its answer has 0 bytes instead of 4",
      "",
    ]);
  });
}, NEEDS);

test("sockets/clock ends with 141 when nobody reads, and says nothing of its servers", async () => {
  await using server = await PerlServer.listening(`my $c = $s->accept; <STDIN>; print $c "time"`);
  const running = new Running(directCommand("sockets/clock", server.place, server.place));
  await running.stdout.until(/\n/);
  await running.stdout.close();
  await server.put("go\n");
  const { code } = await running.child.status;
  assertEquals([code, await running.stderr.rest()], [141, ""]);
  await running.child.stdin.close();
}, NEEDS);

test("sockets/clock asks nobody if one is no HOST", async () => {
  const { code, stdout, stderr } = await launched(directCommand("sockets/clock", "localhost:1", ":80"));
  assertEquals({ code, stdout, stderr }, { code: 2, stdout: "", stderr: "usage: clock [HOST...]\n" });
});

test("sockets/clock knows the second era by its own clock, and the first one from there", async () => {
  const later = Date.UTC(2040, 0, 1) / 1_000;
  const times = [later + 5, later - 2 ** 28].map((time) => `${(time + 2_208_988_800) % 2 ** 32}`);
  await using server = await PerlServer.listening(TIMES, ...times);
  const source = `Date.now = () => ${later * 1_000}; await import("vasty/examples/sockets/clock.ts");`;
  const { code, stdout, stderr } = await denoSource(source, {
    flags: [`--allow-net=${server.place}`, "--allow-import"],
    args: [server.place, server.place],
    env: { TZ: "UTC" },
  });
  assertEquals({ code, stderr }, { code: 0, stderr: "" });
  const [, ...lines] = stdout.split("\n");
  assertEquals(lines, [
    `${server.place.padEnd(24)}        5 Sun Jan  1 00:00:05 2040`,
    `${server.place.padEnd(24)} ${-(2 ** 28)} Mon Jun 30 02:35:44 2031`,
    "",
  ]);
}, NEEDS);

test("sockets/daytime prints what a Perl server says of the time", async () => {
  await using server = await PerlServer.listening(`my $c = $s->accept; print $c scalar(localtime 0), "\\n"`);
  const { code, stdout, stderr } = await launched(exampleCommand("sockets/daytime", server.place), {
    env: { TZ: "UTC" },
  });
  assertEquals({ code, stdout, stderr }, { code: 0, stdout: "Thu Jan  1 00:00:00 1970\n", stderr: "" });
}, NEEDS);

/** It answers strict HTTP/1.0 alone, and counts its connections. */
const WEB = `for my $n (1 .. 2) { my $c = $s->accept; my $got = "";
  sysread $c, $got, 1, length $got or last while $got !~ /\\015\\012\\015\\012/;
  my ($doc) = $got =~ m{\\AGET (\\S+) HTTP/1\\.0\\015\\012\\015\\012\\z};
  print $c defined $doc ? "HTTP/1.0 200 OK\\r\\n\\r\\n$doc is document $n" : "HTTP/1.0 400 Bad Request\\r\\n\\r\\n"; }`;

test("sockets/webget gets each document over a connection of its own, and prints the answers as they are", async () => {
  await using server = await PerlServer.listening(WEB);
  const { code, stdout, stderr } = await launched(
    exampleCommand("sockets/webget", server.place, "/index.html", "/?b=%20"),
  );
  const answers = ["/index.html is document 1", "/?b=%20 is document 2"].map((text) =>
    `HTTP/1.0 200 OK\r\n\r\n${text}`
  );
  assertEquals({ code, stdout, stderr }, { code: 0, stdout: answers.join(""), stderr: "" });
}, NEEDS);

/** Listens at the first argument, answers the second one to one client, and ends as the command that is the rest of them. */
const BESIDE = `use IO::Socket::INET; my ($port, $answer) = splice @ARGV, 0, 2;
  my $s = IO::Socket::INET->new(Listen => 5, LocalAddr => "127.0.0.1", LocalPort => $port) or die "$@";
  if (my $pid = fork) { my $c = $s->accept; print $c $answer; $c->shutdown(1); 1 while <$c>; waitpid $pid, 0; exit $? >> 8 }
  exec @ARGV or die`;

for (
  const [name, args, port] of [
    ["daytime", [], 13],
    ["clock", ["localhost"], 37],
    ["webget", ["localhost", "/"], 80],
  ] as const
) {
  worldTest(`sockets/${name} finds port ${port} on a machine without services, and says so`, async () => {
    const script = `mount --bind /dev/null /etc/services && exec perl -e '${BESIDE}' "$@"`;
    const command = inWorld([
      "sh",
      "-c",
      script,
      "sh",
      `${port}`,
      "answer",
      ...directCommand(`sockets/${name}`, ...args),
    ]);
    const { code, stdout, stderr } = await launched(command);
    const service = name === "webget" ? "http" : name === "clock" ? "time" : name;
    assertEquals([code, stderr], [0, `${name}: no service ${service} here, so ${service}(${port})\n`]);
    assertMatch(stdout, name === "clock" ? /\nlocalhost +-?\d+ \w/ : /^answer$/);
  }, ["perl", "mount"]);
}
