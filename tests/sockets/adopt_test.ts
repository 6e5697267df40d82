import { ClosedError, SyscallError } from "../../lib/core/mod.ts";
import { pipe, socketpair } from "../../lib/pipes/mod.ts";
import { socketType } from "../../lib/sockets/mod.ts";
import { assertEquals, assertThrows, denoSource, test } from "../support/mod.ts";

for (const type of ["stream", "seqpacket", "datagram"] as const) {
  test(`socketType() knows a Unix socket of type ${type}`, () => {
    const [left, right] = socketpair({ type });
    const expected = { domain: "unix", type, protocol: 0, listening: false };
    assertEquals(socketType(left), expected);
    assertEquals(socketType(left.fd), expected);
    assertEquals(socketType(left.fd.number), expected);
    left.close();
    right.close();
    assertThrows(() => socketType(left), ClosedError);
  });
}

/** Makes a socket and execs the rest of its arguments with it as standard input. */
const INHERIT = `
import os, socket, sys
family, kind, protocol, listening = eval(sys.argv[1], vars(socket))
s = socket.socket(family, kind, protocol)
if listening: s.bind(("localhost", 0)), s.listen()
os.dup2(s.fileno(), 0)
os.execv(sys.argv[2], sys.argv[2:])
`;

const KINDS: [python: string, kind: Record<string, unknown>][] = [
  ["AF_INET, SOCK_STREAM, 0, True", { domain: "inet", type: "stream", protocol: 6, listening: true }],
  ["AF_INET, SOCK_STREAM, 0, False", { domain: "inet", type: "stream", protocol: 6, listening: false }],
  ["AF_INET6, SOCK_DGRAM, 0, False", { domain: "inet6", type: "datagram", protocol: 17, listening: false }],
  ["AF_NETLINK, SOCK_RAW, 0, False", { domain: "netlink", type: "raw", protocol: 0, listening: false }],
];

for (const [python, kind] of KINDS) {
  test(
    `socketType() knows an inherited ${kind.domain} ${kind.type} socket${kind.listening ? " that listens" : ""}`,
    async () => {
      const { stdout, stderr } = await denoSource(
        `import { socketType } from "vasty/mod.ts"; console.log(JSON.stringify(socketType(0)));`,
        { under: ["/usr/bin/python3", "-c", INHERIT, python] },
      );
      assertEquals([stderr, JSON.parse(stdout)], ["", kind]);
    },
    { needs: ["python3"] },
  );
}

test("socketType() says what is no socket, and what is not open", () => {
  const { reader, writer } = pipe();
  const { number } = reader;
  const error = assertThrows(() => socketType(reader), SyscallError);
  const text = "socket operation on non-socket (ENOTSOCK, getsockopt)";
  assertEquals(error.message, `Cannot tell what socket descriptor ${number} is: ${text}`);
  assertEquals([error.code, error.fd], ["ENOTSOCK", number]);
  assertEquals(assertThrows(() => socketType(999_999), SyscallError).code, "EBADF");
  assertThrows(() => socketType(-1), RangeError);
  reader.close();
  writer.close();
});
