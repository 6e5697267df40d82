import { FCNTL } from "../../ffi/abi/fcntl.ts";
import { setNonBlocking } from "../../ffi/descriptors.ts";
import { fcntl } from "../../ffi/fcntl.ts";
import { ClosedError, Fd, SyscallError } from "../../lib/core/mod.ts";
import { pipe } from "../../lib/core/pipe.ts";
import { Socket, socket } from "../../lib/sockets/mod.ts";
import { adoptedKind, takeOver } from "../../lib/sockets/adoption.ts";
import { spawn } from "../../lib/processes/mod.ts";
import { assert, assertEquals, assertRejects, assertThrows, denoCommand, repository, test } from "../support/mod.ts";
import { bytes, Connection, receiveAll, SocketFolder, text } from "./loopback.ts";

const PROGRAM = repository("tests/sockets/programs/adopting.ts");

test("adoptedKind() tells what a descriptor is, and refuses what is not wanted", () => {
  using folder = new SocketFolder();
  using listener = folder.listener("PF_INET", "SOCK_STREAM");
  using packets = folder.listener("PF_UNIX", "SOCK_SEQPACKET");
  using fresh = socket("PF_UNIX", "SOCK_STREAM");
  using datagrams = socket("PF_INET6", "SOCK_DGRAM");
  using connected = new Connection("PF_UNIX", "SOCK_STREAM");
  using pair = new Connection("PF_UNIX", "SOCK_SEQPACKET");
  for (
    const [one, nature] of [
      [listener, "a listening socket"],
      [packets, "a listening seqpacket socket"],
      [fresh, "a stream socket that is not connected"],
      [datagrams, "a datagram socket"],
      [connected.client, "a connection"],
      [pair.server, "a seqpacket socket"],
    ] as const
  ) {
    const { number } = one.fd;
    const { family, type } = adoptedKind(one.fd);
    assertEquals([family, type], [one.family, one.type]);
    for (const wanted of ["a connection", "a listening socket", "a datagram socket"] as const) {
      if (wanted === nature) adoptedKind(number, wanted);
      else {
        const { message } = assertThrows(() => adoptedKind(number, wanted), TypeError);
        assertEquals(message, `Descriptor ${number} is ${nature}, not ${wanted}`);
      }
    }
    assert(!one.closed);
  }
});

test("Socket.fromFd() takes nothing over that is no such socket", () => {
  const { reader, writer } = pipe();
  assertEquals(assertThrows(() => Socket.fromFd(reader), SyscallError).code, "ENOTSOCK");
  assert(!reader.closed);
  reader.close();
  writer.close();
  assertEquals(assertThrows(() => Socket.fromFd(999_999), SyscallError).code, "EBADF");
  assertThrows(() => Socket.fromFd(-1), RangeError);
  assertThrows(() => Socket.fromFd(reader), ClosedError);
});

test("Socket.fromFd() owns the descriptor, which is close-on-exec and does not block from now on", async () => {
  using pair = new Connection("PF_INET", "SOCK_STREAM");
  const given = pair.client.fd.duplicate();
  const { number } = given;
  setNonBlocking(number, false);
  fcntl(number, FCNTL.F_SETFD, 0);
  using adopted = Socket.fromFd(given);
  assert(given.closed);
  assertEquals([adopted.fd.number, adopted.family, adopted.type], [number, "AF_INET", "SOCK_STREAM"]);
  assertEquals(fcntl(number, FCNTL.F_GETFD, 0), FCNTL.FD_CLOEXEC);
  assert((fcntl(number, FCNTL.F_GETFL, 0) & FCNTL.O_NONBLOCK) !== 0);
  await adopted.send(bytes("mine"));
  assertEquals(text(await pair.server.recv(10)), "mine");
});

test("takeOver() forgets the number in the former owner alone", () => {
  using one = socket("PF_UNIX", "SOCK_STREAM");
  const copy = one.fd.duplicate();
  using taken = takeOver(copy);
  assert(copy.closed && !taken.closed);
});

/** A Perl parent that gives its child a socket, and answers. */
const PARENT = `
  use strict; use IO::Socket::INET; use POSIX ();
  my ($what, $number, @command) = @ARGV;
  my $listener = IO::Socket::INET->new(Listen => 5, LocalAddr => "127.0.0.1") or die;
  my $peer = IO::Socket::INET->new(PeerAddr => "127.0.0.1", PeerPort => $listener->sockport) or die;
  my $socket = $what eq "listener" ? $listener : $listener->accept;
  my $pid = fork() // die;
  if (!$pid) {
    POSIX::dup2(fileno($socket), $number);
    $^F = 9; open(my $keep, "+<&=", $number) or die;
    require Fcntl; fcntl($keep, Fcntl::F_SETFD(), 0);
    exec(@command) or POSIX::_exit(127);
  }
  close $socket; close $listener;
  print scalar <$peer>;
  print $peer "from the parent\\n";
  shutdown($peer, 1);
  print <$peer>;
  waitpid($pid, 0);
  exit($? >> 8);
`;

for (const [what, number] of [["connection", 3], ["connection", 0], ["listener", 3]] as const) {
  test(`fromFd() takes over a ${what} that a Perl program gave as descriptor ${number}`, async () => {
    const program = denoCommand(PROGRAM, { args: [what, `${number}`] });
    const { code, stdout, stderr } = await new Deno.Command("perl", {
      args: ["-e", PARENT, what, `${number}`, ...program],
    }).output();
    const said = `adopted ${number} AF_INET SOCK_STREAM\r\ngot from the parent\r\n`;
    const natures = ["a connection", "a listening socket"];
    const [is, isNot] = what === "listener" ? natures.toReversed() : natures;
    const refused = `Descriptor ${number} is ${is}, not ${isNot}\n`;
    assertEquals([text(stdout), text(stderr), code], [said, refused, 0]);
  }, { needs: ["perl"] });
}

for (const [domain, name] of [["PF_INET", "TCP"], ["PF_UNIX", "Unix"]] as const) {
  test(`SocketBase.release() gives a child a ${name} connection as its standard input and output`, async () => {
    using folder = new SocketFolder();
    using listener = folder.listener(domain, "SOCK_STREAM");
    using client = socket(domain, "SOCK_STREAM");
    await client.connect(listener.getsockname());
    const { socket: server } = await listener.accept();
    const waiting = server.recv(10);
    const { number } = server.fd;
    using fd = server.release();
    await assertRejects(() => waiting, ClosedError);
    assert(server.closed && fd instanceof Fd && fd.number === number);
    assertEquals(fcntl(number, FCNTL.F_GETFL, 0) & FCNTL.O_NONBLOCK, 0);
    assertThrows(() => server.release(), ClosedError);
    const child = spawn(["cat"], { stdin: fd, stdout: fd });
    fd.close();
    await client.send(bytes("there and back"));
    client.shutdown();
    assertEquals(text(await receiveAll(client)), "there and back");
    assertEquals((await child.status).code, 0);
  });
}

test("SocketBase.release() ends the streams and leaves the connection alone", async () => {
  using pair = new Connection("PF_INET", "SOCK_STREAM");
  const reader = pair.server.readable.getReader();
  const reading = reader.read();
  const writer = pair.server.writable.getWriter();
  await writer.write(bytes("one"));
  using fd = pair.server.release();
  await assertRejects(() => reading);
  await assertRejects(() => writer.write(bytes("two")));
  using again = Socket.fromFd(fd);
  await again.send(bytes("two"));
  again.shutdown();
  assertEquals(text(await receiveAll(pair.client)), "onetwo");
  await pair.client.send(bytes("still"));
  assertEquals(text(await again.recv(10)), "still");
});
