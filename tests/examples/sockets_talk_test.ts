/** The examples that talk to a stream, or ask who is at its other end, with servers in Perl. */
import { portOf, SocketFolder } from "../sockets/loopback.ts";
import { OtherEnd } from "../sockets/other_end.ts";
import { deaf } from "../sockets/deaf.ts";
import { assert, assertEquals, assertMatch, test, within } from "../support/mod.ts";
import { exampleCommand, Folder, launched, Running } from "./launched.ts";
import { PerlServer } from "./perl_server.ts";
import { directCommand } from "./signalled.ts";

const NEEDS = { needs: ["perl"] };

const talk = (args: string[], input: string) => launched(directCommand("sockets/talk", ...args), { input });
const peer = (...args: string[]) => launched(directCommand("sockets/peer", ...args));
const unixClient = (...args: string[]) => launched(directCommand("sockets/unix_client", ...args));

/** Answers each line with itself, in capitals and in pieces, and shows what came on its standard output. */
const ECHO = `while (my $c = $s->accept) { $c->autoflush; while (<$c>) { print s/\\r\\n/<CRLF>/r, "\\n"; s/[\\r\\n]//g;
  for my $piece (split //, uc) { $c->syswrite($piece) } $c->syswrite("\\r"); $c->syswrite("\\n") }
  print $c "bye\\n"; close $c; last }`;

test("sockets/talk sends lines with CRLF, and prints a line in answer to each, though it came in pieces", async () => {
  for (const where of [(port: string) => ["localhost", port], (port: string) => [`127.0.0.1:${port}`]]) {
    await using server = await PerlServer.listening(ECHO);
    const { code, stdout, stderr } = await talk([...where(server.port), "--timeout", "5000"], "one\ntwo\r\n\nlast");
    assertEquals({ code, stdout, stderr }, { code: 0, stdout: "ONE\nTWO\n\nLAST\nbye\n", stderr: "" });
    assertEquals(await server.log(), "one<CRLF>\ntwo<CRLF>\n<CRLF>\nlast<CRLF>\n");
  }
}, NEEDS);

test("sockets/talk waits for an answer before it sends the next line, as one types them", async () => {
  await using server = await PerlServer.listening(ECHO);
  const running = new Running(directCommand("sockets/talk", "localhost", server.port));
  const typing = running.child.stdin.getWriter();
  for (const [line, answer] of [["a", /^A\n$/], ["b", /^A\nB\n$/]] as const) {
    await typing.write(new TextEncoder().encode(`${line}\n`));
    await running.stdout.until(answer);
  }
  typing.releaseLock();
  assertEquals((await running.end("")).stdout, "A\nB\nbye\n");
}, NEEDS);

test("sockets/talk tells of a stall after so many bytes, though standard input goes on", async () => {
  for (
    const [script, bytes, printed] of [
      ["<STDIN>", 0, ""],
      [`my $c = $s->accept; $c->syswrite("half"); <STDIN>`, 4, ""],
      [`my $c = $s->accept; $c->syswrite("whole\\r\\nhalf"); <STDIN>`, 11, "whole\n"],
    ] as const
  ) {
    await using server = await PerlServer.listening(script);
    const running = new Running(directCommand("sockets/talk", "localhost", server.port, "--timeout", "150"));
    const typing = running.child.stdin.getWriter();
    await typing.write(new TextEncoder().encode("x\ny\n"));
    const begun = performance.now();
    const { code } = await running.child.status;
    assert(performance.now() - begun < within(3_000));
    typing.releaseLock();
    const { stdout, stderr } = await running.end();
    assertEquals([code, stdout, stderr], [1, printed, `talk: timed out after ${bytes} bytes\n`]);
  }
}, NEEDS);

test("sockets/talk tells of a stall in what comes at the end", async () => {
  await using server = await PerlServer.listening(`my $c = $s->accept; <$c>; print $c "ok\\nand"; $c->flush; <STDIN>`);
  const { code, stdout, stderr } = await talk(["localhost", server.port, "--timeout", "150"], "x\n");
  assertEquals({ code, stdout, stderr }, { code: 1, stdout: "ok\n", stderr: "talk: timed out after 6 bytes\n" });
}, NEEDS);

test("sockets/talk --dot sends a message that ends with a dot, and prints one", async () => {
  await using server = await PerlServer.listening(`my $c = $s->accept; local $/ = "\\r\\n";
    while (<$c>) { chomp; print "$_\\n"; last if $_ eq "." } print $c "200 it\\r\\n..dot\\r\\n\\r\\n.\\r\\nmore\\r\\n"`);
  const { code, stdout, stderr } = await talk([server.place, "--dot"], "a\n.\n..b\n");
  assertEquals({ code, stdout, stderr }, { code: 0, stdout: "200 it\n.dot\n\n", stderr: "" });
  assertEquals(await server.log(), "a\n..\n...b\n.\n");
}, NEEDS);

test("sockets/talk --dot prints what came instead of a message, and fails", async () => {
  await using server = await PerlServer.listening(
    `my $c = $s->accept; while (<$c>) { last if /^\\.\\r/ } print $c "554 no\\r\\n"`,
  );
  const { code, stdout, stderr } = await talk([server.place, "--dot"], "a\n");
  assertEquals([code, stdout], [1, "554 no\n"]);
  assertMatch(stderr, /^talk: The connection has ended before the line with the dot.*\n$/);
}, NEEDS);

test("sockets/talk ends with the server, and tells of one that has broken the connection", async () => {
  await using server = await PerlServer.listening(
    `my $c = $s->accept; <$c>; close $c; $c = $s->accept; <$c>; setsockopt $c, SOL_SOCKET, SO_LINGER, pack "ii", 1, 0;`,
  );
  const ended = await talk([server.place], "quit\nmore\n");
  assertEquals(ended, { code: 0, signal: null, stdout: "", stderr: "" });
  const broken = await talk([server.place], "quit\nmore\n");
  assertEquals([broken.code, broken.stdout], [1, ""]);
  assertMatch(broken.stderr, new RegExp(`^talk: Cannot .* ${server.place}: .*ECONNRESET.*\\n$`));
}, NEEDS);

test("sockets/talk tells of nobody, of no such host or service, and of no connection in time", async () => {
  using folder = new SocketFolder();
  const { listener, queued } = await deaf(folder);
  const port = `${portOf(listener.getsockname())}`;
  for (
    const [args, said] of [
      [["127.0.0.1:1"], /^talk: Cannot connect to 127\.0\.0\.1:1: connection refused .*\n$/],
      [["nowhere.invalid", "9"], /^talk: Cannot look up "nowhere\.invalid": .*\n$/],
      [["localhost", "nothing"], /^talk: Cannot find the port of the service "nothing" of tcp: .*\n$/],
      [["127.0.0.1", port, "--timeout", "100"], /^talk: Timed out after 100 ms\n$/],
    ] as const
  ) {
    const { code, stdout, stderr } = await talk([...args], "x\n");
    assertEquals({ code, stdout }, { code: 1, stdout: "" });
    assertMatch(stderr, said);
  }
  for (const one of [listener, ...queued]) one.close();
  for (
    const args of [
      ["localhost"],
      ["localhost:1", "2"],
      ["localhost", "1", "x"],
      ["localhost", "1", "--timeout=x"],
      // It may reach what its first word names.
      ["--timeout", "500", "localhost", "1"],
      ["--dot", "localhost:1"],
    ]
  ) {
    assertEquals((await talk(args, "")).code, 2);
  }
});

/** A server at a Unix socket in Perl, which tells that it listens. */
async function unixServer(path: string, script: string): Promise<OtherEnd> {
  const opens = `use IO::Socket::UNIX; $| = 1; my $s = IO::Socket::UNIX->new(Listen => 5, Local => shift) or die "$!";`;
  const end = new OtherEnd(["perl", "-e", `${opens} print "$$\\n"; ${script}`, path]);
  await end.prints("\n");
  return end;
}

test("sockets/unix_client prints what a Perl server sends, line by line and to the last byte", async () => {
  using folder = new Folder();
  const path = `${folder.path}/catsock`;
  await using server = await unixServer(
    path,
    `while (my $c = $s->accept) { $c->autoflush; print $c "Hello there\\n"; <STDIN>; print $c "and\\0\\xff" }`,
  );
  const running = new Running(directCommand("sockets/unix_client", path));
  await running.stdout.until(/^Hello there\n$/);
  await server.put("\n");
  const { code, stdout, stderr } = await running.end("");
  assertEquals({ code, stdout, stderr }, { code: 0, stdout: "Hello there\nand\0\ufffd", stderr: "" });
}, NEEDS);

test("sockets/unix_client and peer reach a relative path, and catsock, where the user stands", async () => {
  using folder = new Folder();
  await using server = await unixServer(`${folder.path}/catsock`, `while (my $c = $s->accept) { print $c "hello\\n" }`);
  // The user may have come there by another name.
  Deno.symlinkSync(folder.path, `${folder.path}/link`);
  for (const cwd of [folder.path, `${folder.path}/link`]) {
    for (const args of [[], ["catsock"], [".//catsock"]]) {
      const { code, stdout, stderr } = await launched(exampleCommand("sockets/unix_client", ...args), { cwd });
      assertEquals({ code, stdout, stderr }, { code: 0, stdout: "hello\n", stderr: "" });
    }
    const { stdout } = await launched(exampleCommand("sockets/peer", "catsock"), { cwd });
    assertEquals(stdout, `pid ${server.child.pid} uid ${Deno.uid()} gid ${Deno.gid()}\n`);
  }
}, NEEDS);

test("sockets/unix_client tells of a missing path, a stale one, one that is no socket, and one too long", async () => {
  using folder = new Folder();
  const stale = `${folder.path}/stale`;
  {
    await using _server = await unixServer(stale, "");
  }
  for (
    const [path, code] of [
      [`${folder.path}/missing`, "ENOENT"],
      [stale, "ECONNREFUSED"],
      [`${folder.path}/lines.txt`, "ECONNREFUSED"],
      [`${folder.path}/${"x".repeat(120)}`, "107"],
    ] as const
  ) {
    const ended = await unixClient(path);
    assertEquals([ended.code, ended.stdout], [1, ""]);
    assertMatch(ended.stderr, new RegExp(`^unix_client: .*${code}.*\\n$`));
  }
}, NEEDS);

test("sockets/peer tells the name and the address at the other end, and whether the name is true", async () => {
  await using server = await PerlServer.listening("1 while $s->accept");
  for (const args of [["localhost", server.port], [server.place]]) {
    const { code, stdout, stderr } = await peer(...args);
    assertEquals([code, stdout, stderr], [0, `localhost [127.0.0.1]:${server.port} checked\n`, ""]);
  }
}, NEEDS);

test("sockets/peer tells who is at a path", async () => {
  using folder = new Folder();
  await using server = await unixServer(`${folder.path}/it`, "1 while $s->accept");
  const { code, stdout, stderr } = await peer(`${folder.path}/it`);
  const said = `pid ${server.child.pid} uid ${Deno.uid()} gid ${Deno.gid()}\n`;
  assertEquals({ code, stdout, stderr }, { code: 0, stdout: said, stderr: "" });
}, NEEDS);

test("sockets/peer tells of nobody, of no such host, and of no such path", async () => {
  for (
    const [args, said] of [
      [["localhost:1"], /^peer: Cannot connect to .*ECONNREFUSED.*\n$/],
      [["nowhere.invalid", "9"], /^peer: Cannot look up "nowhere\.invalid": .*\n$/],
      [["no_such_socket"], /^peer: Cannot connect to "no_such_socket": .*ENOENT.*\n$/],
      [["/no/such"], /^peer: Cannot connect to "\/no\/such": .*ENOENT.*\n$/],
    ] as const
  ) {
    const { code, stdout, stderr } = await peer(...args);
    assertEquals({ code, stdout }, { code: 1, stdout: "" });
    assertMatch(stderr, said);
  }
  for (const args of [[], [""], ["/path", "9"], ["localhost:1", "2"], ["host:0"]]) {
    assertEquals((await peer(...args)).code, 2);
  }
});
