/** Sockets while system calls fail: strace(1) makes them fail in a program that runs. */
import { Holder } from "../locks/lock_folder.ts";
import { assert, assertEquals, denoCommand, repository, test } from "../support/mod.ts";
import { noPtrace, saidUnder } from "../support/strace.ts";

/** What `action` of programs/socket_injected.ts comes to while the calls of `inject` fail. */
async function injected(action: string, inject: string) {
  const command = denoCommand(repository("tests/sockets/programs/socket_injected.ts"), {
    flags: ["--allow-net"],
    args: [action],
  });
  await using subject = new Holder(command[0]!, command.slice(1), "piped");
  await subject.says("READY\n");
  const { text, injections } = await saidUnder(inject, subject);
  return { ...JSON.parse(text.slice(text.indexOf("{"))), injections };
}

/** The action, what fails, and what comes of it. */
const INJECTIONS: [action: string, inject: string, said: string][] = [
  ["dialog", "connect:error=EINTR:when=1..3", "hello"],
  ["dialog", "accept4:error=EINTR:when=1..3", "hello"],
  ["dialog", "accept4:error=ECONNABORTED:when=1..2", "hello"],
  ["dialog", "recvfrom:error=EINTR:when=1..3", "hello"],
  ["dialog", "recvfrom:error=EAGAIN:when=1..3", "hello"],
  ["dialog", "sendto:error=EINTR:when=1..3", "hello"],
  ["dialog", "sendto:error=EAGAIN:when=1..3", "hello"],
  ["lines", "recvfrom:error=EINTR:when=1..3", "hello null"],
  ["lines", "sendto:error=EINTR:when=1..3", "hello null"],
  ["lines", "sendto:error=EAGAIN:when=1..3", "hello null"],
  ["lines", "sendto:error=ECONNRESET:when=1", "Cannot send 7 bytes to 127.0.0.1: N: broken pipe (EPIPE, sendto)"],
  ["lines", "sendto:error=ENOBUFS", "Cannot send 7 bytes to 127.0.0.1: N: no buffer space available (ENOBUFS, sendto)"],
  ["sync", "recvfrom:error=EINTR:when=1..3", "hello"],
  ["sync", "sendto:error=EAGAIN:when=1..3", "hello"],
  ["from", "recvfrom:error=EINTR:when=1..3", "hello"],
  ["message", "recvmsg:error=EINTR:when=1..3", "hello"],
  ["message", "sendmsg:error=EINTR:when=1..3", "hello"],
  [
    "dialog",
    "socket:error=EMFILE:when=2",
    "Cannot make a socket (PF_INET, SOCK_STREAM, 0): too many open files (EMFILE, socket)",
  ],
  [
    "dialog",
    "socket:error=ENFILE:when=1",
    "Cannot make a socket (PF_INET, SOCK_STREAM, 0): too many open files in system (ENFILE, socket)",
  ],
  ["dialog", "accept4:error=EMFILE", "Cannot accept a connection of socket N: too many open files (EMFILE, accept4)"],
  ["dialog", "bind:error=EADDRINUSE", "Cannot bind to 127.0.0.1: N: address already in use (EADDRINUSE, bind)"],
  ["dialog", "listen:error=EADDRINUSE", "Cannot listen at 127.0.0.1: N: address already in use (EADDRINUSE, listen)"],
  ["dialog", "connect:error=ETIMEDOUT", "Cannot connect to 127.0.0.1: N: connection timed out (ETIMEDOUT, connect)"],
  [
    "dialog",
    "connect:error=ENETUNREACH",
    "Cannot connect to 127.0.0.1: N: network is unreachable (ENETUNREACH, connect)",
  ],
  ["dialog", "connect:error=EHOSTUNREACH", "Cannot connect to 127.0.0.1: N: no route to host (EHOSTUNREACH, connect)"],
  ["dialog", "connect:error=ENOBUFS", "Cannot connect to 127.0.0.1: N: no buffer space available (ENOBUFS, connect)"],
  [
    "dialog",
    "accept4:error=ENFILE",
    "Cannot accept a connection of socket N: too many open files in system (ENFILE, accept4)",
  ],
  [
    "dialog",
    "accept4:error=ENOBUFS",
    "Cannot accept a connection of socket N: no buffer space available (ENOBUFS, accept4)",
  ],
  [
    "dialog",
    "recvfrom:error=ENOBUFS",
    "Cannot receive from 127.0.0.1: N: no buffer space available (ENOBUFS, recv)",
  ],
  ["dialog", "connect:error=EPERM", "Cannot connect to 127.0.0.1: N: operation not permitted (EPERM, connect)"],
  [
    "dialog",
    "sendto:error=ENOBUFS",
    "Cannot send 5 bytes to 127.0.0.1: N: no buffer space available (ENOBUFS, sendto)",
  ],
  ["from", "sendto:error=ENOMEM", "Cannot send 5 bytes to 127.0.0.1: N: cannot allocate memory (ENOMEM, sendto)"],
  ["message", "recvmsg:error=ENOMEM", "Cannot receive from socket N: cannot allocate memory (ENOMEM, recvmsg)"],
  ["datagram", "sendto:error=EINTR:when=1..3", "hello"],
  ["datagram", "sendto:error=EAGAIN:when=1..3", "hello"],
  ["datagram", "sendto:error=ENOBUFS:when=1..3", "hello"],
  ["datagram", "recvfrom:error=EINTR:when=1..3", "hello"],
  ["datagram", "recvfrom:error=EAGAIN:when=1..3", "hello"],
  ["datagram", "recvfrom:error=ENOMEM", "Cannot receive from socket N: cannot allocate memory (ENOMEM, recvfrom)"],
  ["datagram", "bind:error=EADDRINUSE", "Cannot bind to 127.0.0.1: N: address already in use (EADDRINUSE, bind)"],
  ["many", "sendmmsg:error=EINTR:when=1..3", "hello"],
  ["many", "sendmmsg:error=EAGAIN:when=1..3", "hello"],
  ["many", "sendmmsg:error=ENOBUFS:when=1..3", "hello"],
  ["many", "recvmmsg:error=EINTR:when=1..3", "hello"],
  ["many", "recvmmsg:error=EAGAIN:when=1..3", "hello"],
  ["many", "sendmmsg:error=ENOMEM", "Cannot send 5 bytes to 127.0.0.1: N: cannot allocate memory (ENOMEM, sendmmsg)"],
  ["many", "recvmmsg:error=ENOMEM", "Cannot receive from socket N: cannot allocate memory (ENOMEM, recvmmsg)"],
  ["hurried", "sendto:error=ENOBUFS", "Timed out after 20 ms"],
  ["internet", "connect:error=EINTR:when=1..3", "hello"],
  ["internet", "bind:error=EINTR:when=1..3", "hello"],
  ["internet", "accept4:error=EINTR:when=1..3", "hello"],
  ["internet", "accept4:error=EMFILE", "Cannot accept a connection of socket N: too many open files (EMFILE, accept4)"],
  [
    "internet",
    "bind:error=EADDRNOTAVAIL:when=2",
    "Cannot bind to 127.0.0.1: N: cannot assign requested address (EADDRNOTAVAIL, bind)",
  ],
  ["internet", "listen:error=EADDRINUSE", "Cannot listen at 127.0.0.1: N: address already in use (EADDRINUSE, listen)"],
  [
    "internet",
    "socket:error=EAFNOSUPPORT:when=2",
    "Cannot make a socket (PF_INET, SOCK_STREAM, 0): address family not supported by protocol (EAFNOSUPPORT, socket)",
  ],
  [
    "internet",
    "setsockopt:error=ENOMEM:when=3",
    "Cannot set TCP_NODELAY of socket N: cannot allocate memory (ENOMEM, setsockopt)",
  ],
  [
    "internet",
    "connect:error=ENETUNREACH",
    "Cannot connect to 127.0.0.1: N: network is unreachable (ENETUNREACH, connect)",
  ],
  [
    "option",
    "setsockopt:error=ENOMEM",
    "Cannot set SO_BROADCAST of socket N: cannot allocate memory (ENOMEM, setsockopt)",
  ],
];

for (const [action, inject, said] of INJECTIONS) {
  test(`Socket: ${action} under ${inject}: ${said}, and nothing is left behind`, async () => {
    const found = await injected(action, inject);
    assertEquals([found.said, found.left], [said, 0]);
    assert(found.injections > 0, "nothing has failed");
  }, { needs: ["strace"], skip: noPtrace() });
}
