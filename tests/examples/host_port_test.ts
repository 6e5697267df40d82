/** How an example is told of the other end. */
import { hostPort } from "../../examples/host_port.ts";
import { UsageError } from "../../examples/program.ts";
import { assertEquals, assertThrows, test } from "../support/mod.ts";

test("hostPort() takes a name or an address, with a port or without", () => {
  assertEquals(hostPort("example.org"), { host: "example.org", port: undefined });
  assertEquals(hostPort("example.org", "daytime(13)"), { host: "example.org", port: "daytime(13)" });
  assertEquals(hostPort("localhost:2345", 13), { host: "localhost", port: 2345 });
  assertEquals(hostPort("127.0.0.1:65535"), { host: "127.0.0.1", port: 65535 });
  assertEquals(hostPort("[::1]:80", 13), { host: "::1", port: 80 });
  assertEquals(hostPort("[::1]", 13), { host: "::1", port: 13 });
  assertEquals(hostPort("fe80::1%lo", 13), { host: "fe80::1%lo", port: 13 });
});

for (
  const text of [
    "",
    ":80",
    "host:",
    "host:http",
    "host:0",
    "host:65536",
    "[::1",
    "::1]",
    "[host]:80",
    "[::1]80",
    "[]:80",
  ]
) {
  test(`hostPort() takes ${JSON.stringify(text)} for wrong usage`, () => {
    assertThrows(() => hostPort(text, 13), UsageError);
  });
}
