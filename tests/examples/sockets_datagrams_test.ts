/** The examples of datagrams, with servers in Perl. */
import { listenDatagram } from "../../lib/sockets/mod.ts";
import { portOf } from "../sockets/loopback.ts";
import { freePort, OtherEnd } from "../sockets/other_end.ts";
import { assert, assertEquals, assertMatch, test, within } from "../support/mod.ts";
import { Folder, launched, type LaunchOptions, Running } from "./launched.ts";
import { directCommand } from "./signalled.ts";

const NEEDS = { needs: ["perl"] };

const DATE = "\\w{3} \\w{3} [ \\d]\\d \\d\\d:\\d\\d:\\d\\d \\d{4}";

const clocks = (args: string[], options?: LaunchOptions) =>
  launched(directCommand("sockets/udp_clock", ...args), options);
const client = (args: string[], options?: LaunchOptions) =>
  launched(directCommand("sockets/udp_client", ...args), options);

/** A server of UDP in Perl; `$s` is its socket. */
class PerlDatagramServer implements AsyncDisposable {
  readonly #end: OtherEnd;
  readonly port: string;

  private constructor(end: OtherEnd, port: string) {
    this.#end = end;
    this.port = port;
  }

  static async serving(script: string): Promise<PerlDatagramServer> {
    const opens = `use IO::Socket::INET; $| = 1;
      my $s = IO::Socket::INET->new(Proto => "udp", LocalAddr => "127.0.0.1") or die "$@"; print $s->sockport, "\\n";`;
    const end = new OtherEnd(["perl", "-e", `${opens} ${script}`]);
    return new PerlDatagramServer(end, (await end.prints("\n")).trim());
  }

  get place(): string {
    return `127.0.0.1:${this.port}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#end[Symbol.asyncDispose]();
  }
}

/** A clock as RFC 868 has it, `ahead` seconds ahead, which does not hear the first `deaf` questions. */
const clock = (ahead: number, deaf = 0) =>
  PerlDatagramServer.serving(`my $n = 0; while (defined $s->recv(my $q, 10)) {
    $s->send(pack "N", (time() + 2208988800 + ${ahead}) & 0xffffffff) if ++$n > ${deaf} }`);

test("sockets/udp_clock prints the answers of Perl's clocks as they come, of both eras, and asks again", async () => {
  await using slow = await clock(-3_600, 2);
  await using fast = await clock(86_400);
  // After 2036 the numbers begin anew.
  await using later = await clock(8_000 * 86_400);
  const { code, stdout, stderr } = await clocks([
    slow.place,
    `localhost:${fast.port}`,
    later.place,
    "--retries=5",
    "--timeout=3000",
  ]);
  assertEquals({ code, stderr }, { code: 0, stderr: "" });
  const [first, ...answers] = stdout.split("\n").slice(0, -1);
  assertMatch(first!, new RegExp(`^localhost {11}0 ${DATE}$`));
  for (const line of answers) assertMatch(line, new RegExp(`^localhost {4}[ \\d-]{8,} ${DATE}$`));
  const ahead = answers.map((line) => Number(line.slice(12).split(/ +/)[1]));
  const near = (wanted: number) => ahead.find((one) => Math.abs(one - wanted) <= within(2_000) / 1_000);
  assert([86_400, 8_000 * 86_400].every(near), stdout);
  // The one that had to be asked three times is the last.
  assert(near(-3_600) === ahead[2], stdout);
  const shown = new Date(answers[2]!.slice(22)).getTime();
  assert(Math.abs(shown - (Date.now() - 3_600_000)) < within(5_000), stdout);
}, NEEDS);

test("sockets/udp_clock tells who has not answered in time, after who has", async () => {
  await using one = await clock(0);
  using silent = listenDatagram({ transport: "udp", hostname: "127.0.0.1", port: 0 });
  using six = listenDatagram({ transport: "udp", hostname: "::1", port: 0 });
  const hosts = [`localhost:${portOf(silent.addr)}`, `[::1]:${portOf(six.addr)}`];
  const begun = performance.now();
  const nobody = `127.0.0.1:${freePort("SOCK_DGRAM")}`;
  const { code, stdout, stderr } = await clocks([...hosts, nobody, one.place, "--timeout", "300", "--retries", "1"]);
  assert(performance.now() - begun < within(3_000));
  assertEquals({ code, stderr }, { code: 1, stderr: "" });
  const [, answer, ...rest] = stdout.split("\n").slice(0, -1);
  assertMatch(answer!, new RegExp(`^localhost {4} +-?\\d ${DATE}$`));
  assertEquals(rest.sort(), [...hosts, nobody].map((host) => `${host} no answer`).sort());
  // Each was asked twice, by an empty datagram.
  for (const socket of [silent, six]) {
    assertEquals((await socket.receiveMany()).map(({ bytes }) => bytes.length), [0, 0]);
  }
}, NEEDS);

test("sockets/udp_clock believes nobody whom it has not asked, and no answer that is no time", async () => {
  await using liar = await PerlDatagramServer.serving(
    `$s->recv(my $q, 10); my $to = $s->peername; $s->send("too long");
     IO::Socket::INET->new(Proto => "udp", LocalAddr => "127.0.0.1")->send("1234", 0, $to);
     $s->recv($q, 10); $s->send(pack "N", time() + 2208988800 + 50)`,
  );
  const { code, stdout } = await clocks([liar.place, "--timeout", "1000"]);
  assertEquals(code, 0);
  assertMatch(stdout, /^.*\n.* +(49|50) .*\n$/);
}, NEEDS);

test("sockets/udp_clock tells that there is no such host, and asks the others", async () => {
  await using one = await clock(0);
  const { code, stdout, stderr } = await clocks(["nowhere.invalid:37", one.place]);
  assertEquals([code, stdout.split("\n").length], [1, 3]);
  assertMatch(stderr, /^udp_clock: nowhere\.invalid:37: Cannot look up "nowhere\.invalid": .*\n$/);
}, NEEDS);

/** The Cookbook's server, which answers with what it was told before. */
const QUOTES = `my $old = "This is the starting message.";
  while (defined $s->recv(my $new, 1024)) { $s->send($old); $old = $new }`;

test("sockets/udp_client prints what the server was told before", async () => {
  await using server = await PerlDatagramServer.serving(QUOTES);
  const answers: string[] = [];
  for (
    const args of [
      ["localhost", server.port, "first"],
      [server.place, "second", "one"],
      ["127.0.0.1", `no such service(${server.port})`, "--timeout", "5000", "--", "-third"],
      ["localhost", server.port, "é"],
      ["localhost", server.port, ""],
    ]
  ) {
    const { code, stdout, stderr } = await client(args);
    assertEquals({ code, stderr }, { code: 0, stderr: "" });
    answers.push(stdout);
  }
  assertEquals(answers, ["This is the starting message.\n", "first\n", "second one\n", "-third\n", "é\n"]);
}, NEEDS);

test("sockets/udp_client reaches [V6]:PORT, and a bare V6", async () => {
  using server = listenDatagram({ transport: "udp", hostname: "::1", port: 0 });
  const port = portOf(server.addr);
  for (const args of [[`[::1]:${port}`, "hi"], ["::1", `${port}`, "hi"]]) {
    const running = new Running(directCommand("sockets/udp_client", ...args));
    const [bytes, from] = await server.receive();
    await server.send(bytes, from);
    assertEquals(await running.end(""), { code: 0, signal: null, stdout: "hi\n", stderr: "" });
  }
});

test("sockets/udp_client tells of silence, of nobody, and of no such host or service", async () => {
  using silent = listenDatagram({ transport: "udp", hostname: "127.0.0.1", port: 0 });
  const port = `${portOf(silent.addr)}`;
  const nobody = `127.0.0.1:${freePort("SOCK_DGRAM")}`;
  for (
    const [args, said] of [
      [["localhost", port, "x", "--timeout", "100"], /^udp_client: localhost has not answered within 100 ms\n$/],
      [[nobody, "x"], new RegExp(`^udp_client: Cannot receive from ${nobody}: connection refused .*\\n$`)],
      [["nowhere.invalid", "9", "x"], /^udp_client: Cannot look up "nowhere\.invalid": .*\n$/],
      [["localhost", "nothing", "x"], /^udp_client: Cannot find the port of the service "nothing" of udp: .*\n$/],
    ] as const
  ) {
    const { code, stdout, stderr } = await client([...args]);
    assertEquals({ code, stdout }, { code: 1, stdout: "" });
    assertMatch(stderr, said);
  }
});

test("sockets/udp_client needs a host, a port and a text", async () => {
  for (
    const args of [
      ["localhost"],
      ["localhost", "9"],
      ["localhost:9"],
      ["localhost", "9", "x", "--timeout", "soon"],
      // It may reach what its first word names.
      ["--timeout", "500", "localhost", "9", "x"],
      ["--", "localhost", "9", "x"],
    ]
  ) {
    assertEquals((await client(args)).code, 2);
  }
});

test("sockets/unix_dgram sends and prints its own answer, and leaves no file behind", async () => {
  using folder = new Folder();
  const path = `${folder.path}/it`;
  const { code, stdout, stderr } = await launched(directCommand("sockets/unix_dgram", path));
  assertEquals({ code, stderr }, { code: 0, stderr: "" });
  assertEquals(stdout, `${path} got 'Are you there?' from ${path}.client\n${path}.client got 'I am.' from ${path}\n`);
  assertEquals(folder.files, ["lines.txt"]);
});

test("sockets/unix_dgram leaves a file alone that is there already, and tells of a folder that is not", async () => {
  using folder = new Folder();
  for (const [path, code] of [["lines.txt", "EADDRINUSE"], ["no/such", "ENOENT"], ["x".repeat(120), "107"]]) {
    const ended = await launched(directCommand("sockets/unix_dgram", `${folder.path}/${path}`));
    assertEquals([ended.code, ended.stdout], [1, ""]);
    assertMatch(ended.stderr, new RegExp(`^unix_dgram: .*${code}.*\\n$`));
  }
  // The second name is taken: the first one's file goes.
  Deno.writeTextFileSync(`${folder.path}/it.client`, "");
  assertEquals((await launched(directCommand("sockets/unix_dgram", `${folder.path}/it`))).code, 1);
  assertEquals(folder.files, ["it.client", "lines.txt"]);
});
