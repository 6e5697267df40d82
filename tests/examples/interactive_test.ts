/** What sockets/interactive is for, with servers in Perl, on pipes and on a terminal. */
import { assertEquals, assertMatch, sample, test } from "../support/mod.ts";
import { exampleCommand, launched, Running } from "./launched.ts";
import { PerlServer } from "./perl_server.ts";
import { directCommand, onTerminal, typed } from "./signalled.ts";

const NEEDS = { needs: ["perl"] };
const ON_TERMINAL = { needs: ["perl", "script"] };

/** It asks without a line end, tells what it got with each read, and goes on when its client has no more to say. */
const LOGIN = `my $c = $s->accept; $c->autoflush; print $c "login: "; my $all = 0;
  while (my $n = sysread $c, my $got, 100) { $all += $n; print $c "<$got>" }
  print $c "bye, $all bytes\\r\\n"; close $c; print "ended\\n"`;

test(
  "sockets/interactive copies both ways as it comes, and goes on reading after the end of its standard input",
  async () => {
    await using server = await PerlServer.listening(LOGIN);
    const running = new Running(exampleCommand("sockets/interactive", "127.0.0.1", server.port));
    await running.stdout.until(/^login: $/);
    await typed(running, "r");
    await running.stdout.until(/^login: <r>$/);
    await typed(running, "oot");
    await running.stdout.until(/^login: <r><oot>$/);
    const { code, stdout, stderr } = await running.end("");
    assertEquals({ code, stdout }, { code: 0, stdout: "login: <r><oot>bye, 4 bytes\r\n" });
    assertEquals([stderr, await server.log()], [`[Connected to ${server.place}]\n`, "ended\n"]);
  },
  NEEDS,
);

test("sockets/interactive carries megabytes both ways at once, and HOST may have the port", async () => {
  await using server = await PerlServer.listening(
    `my $c = $s->accept; binmode $c; if (!fork) { print $c "down\\n" x 400_000; exit }
    my $all = 0; while (my $n = sysread $c, my $got, 65536) { $all += $n } wait; print "$all\\n"`,
  );
  const input = "up\n".repeat(700_000);
  const { code, stdout } = await launched(directCommand("sockets/interactive", server.place), { input });
  assertEquals([code, stdout === "down\n".repeat(400_000)], [0, true]);
  assertEquals(await server.log(), `${input.length}\n`);
}, NEEDS);

test("sockets/interactive takes a file, or nothing, for its standard input", async () => {
  await using server = await PerlServer.listening(`for (1, 2) {
    my $c = $s->accept; my $all = 0; while (my $n = sysread $c, my $got, 65536) { $all += $n } print $c "$all bytes\\n" }`);
  for (const [file, size] of [["/dev/null", 0], [Deno.realPathSync("deno.json"), Deno.statSync("deno.json").size]]) {
    const under = ["sh", "-c", `exec "$@" < ${file}`, "sh"];
    const { code, stdout } = await launched(directCommand("sockets/interactive", "127.0.0.1", server.port), { under });
    assertEquals([code, stdout], [0, `${size} bytes\n`]);
  }
}, NEEDS);

test("sockets/interactive ends with the server, also while nothing is typed or the server does not read", async () => {
  await using server = await PerlServer.listening(`my @kept; for (1, 2) {
    push @kept, my $c = $s->accept; print $c "closing\\n"; $c->shutdown(1) } sleep`);
  const command = directCommand("sockets/interactive", "127.0.0.1", server.port);
  // What comes on its standard input never ends.
  for (const under of [[], ["sh", "-c", `yes | "$@"`, "sh"]]) {
    const running = new Running(command, { under });
    const { code, stdout } = await running.end();
    assertEquals([code, stdout], [0, "closing\n"]);
  }
}, NEEDS);

test("sockets/interactive ends with 141 when nobody reads what it prints, whatever may still be typed", async () => {
  await using server = await PerlServer.listening(`my $c = $s->accept; 1 while print $c "more\\n"`);
  const running = new Running(directCommand("sockets/interactive", "127.0.0.1", server.port));
  await running.stdout.until(/more/);
  await running.stdout.close();
  const { code } = await running.child.status;
  assertEquals([code, await running.stderr.rest()], [141, `[Connected to ${server.place}]\n`]);
  await running.child.stdin.close();
}, NEEDS);

test("sockets/interactive says that the server has broken the connection", async () => {
  await using server = await PerlServer.listening(
    `my $c = $s->accept; print $c "half"; <STDIN>; setsockopt $c, SOL_SOCKET, SO_LINGER, pack "ii", 1, 0; close $c`,
  );
  const running = new Running(directCommand("sockets/interactive", "127.0.0.1", server.port));
  await running.stdout.until(/half/);
  await server.put("now\n");
  const { code, stdout, stderr } = await running.end();
  assertEquals([code, stdout], [1, "half"]);
  assertMatch(stderr, /\ninteractive: .*ECONNRESET.*\n$/);
}, NEEDS);

/** The terminal's settings, and whether a read of it waits, before and after `command`. */
function settingsAround(command: string[]): string[] {
  const script = `show() { stty -g; grep flags /proc/self/fdinfo/0; }; show; "$@"; echo "code $?"; show`;
  return onTerminal(["sh", "-c", script, "sh", ...command]);
}

for (
  const [title, script, keys] of [
    ["and the end that is typed", LOGIN, "root\n\x04"],
    [
      "and its end while nothing is typed",
      `my $c = $s->accept; print $c "login: "; sysread $c, my $got, 100; print $c "<$got>bye, 5 bytes\\r\\n"`,
      "root\n",
    ],
  ] as const
) {
  test(
    `sockets/interactive at a terminal passes on a prompt, what is typed, ${title}, and leaves it as it was`,
    async () => {
      await using server = await PerlServer.listening(script);
      const running = new Running(settingsAround(directCommand("sockets/interactive", "127.0.0.1", server.port)));
      await running.stdout.until(/login: $/);
      for (const key of keys.split(/(?<=\n)/)) await typed(running, key);
      const text = (await running.stdout.until(/code \d+\r\n.*\r\nflags.*\r\n/)).replaceAll("\r", "");
      await running.end("");
      assertMatch(text, /\[Connected to 127\.0\.0\.1:\d+\]\nlogin: root\n<root\n>bye, 5 bytes\n/);
      const [before, after] = [/^(.*\nflags.*)\n/.exec(text)?.[1], /code 0\n(.*\nflags.*)\n/.exec(text)?.[1]];
      assertEquals([before, after !== undefined], [after, true], text);
    },
    ON_TERMINAL,
  );
}

test("sockets/interactive says that there is no such service, and that nobody listens", async () => {
  for (
    const [service, fault] of [["no-such-service", /EAI_SERVICE/], ["1", /127\.0\.0\.1:1: connection refused/]] as const
  ) {
    const { code, stdout, stderr } = await launched(directCommand("sockets/interactive", "127.0.0.1", service));
    assertEquals([code, stdout], [1, ""]);
    assertMatch(stderr, /^interactive: Cannot .*\n$/);
    assertMatch(stderr, fault);
  }
});

for (const args of [[], ["localhost"], ["localhost:80", "80"], ["localhost", "80", "90"]]) {
  test(`sockets/interactive takes ${JSON.stringify(args)} for wrong usage`, async () => {
    const { code, stderr } = await launched(directCommand("sockets/interactive", ...args));
    assertEquals([code, stderr], [2, "usage: interactive HOST PORT\n"]);
  }, { skip: sample(args.length === 0) });
}
