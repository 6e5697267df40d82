import { SyscallError } from "../../lib/core/mod.ts";
import { ConnectError } from "../../lib/sockets/mod.ts";
import { allFailed, noneInTime } from "../../lib/sockets/connect_error.ts";
import { addressError } from "../../lib/sockets/socket_errors.ts";
import { syscallError } from "../../lib/core/errors.ts";
import { assert, assertEquals, test } from "../support/mod.ts";

const FOUR = { hostname: "127.0.0.1", port: 80 };
const SIX = { hostname: "::1", port: 80 };
const refused = { address: FOUR, error: addressError("connect to", FOUR, -111, "connect") };
const unreachable = { address: SIX, error: addressError("connect to", SIX, -101, "connect") };
const GOAL = '"example.org" port 80';

test("allFailed() lists every try", () => {
  const error = allFailed(GOAL, [unreachable, refused], { address: "example.org:80" });
  assertEquals(
    error.message,
    'Cannot connect to "example.org" port 80: all 2 addresses failed: ' +
      "[::1]:80: network is unreachable (ENETUNREACH, connect); 127.0.0.1:80: connection refused (ECONNREFUSED, connect)",
  );
  assertEquals([error.name, error.code, error.syscall, error.address], [
    "ConnectError",
    "ECONNREFUSED",
    "connect",
    "example.org:80",
  ]);
  assert(error.stack?.includes(error.message));
  assertEquals(error.attempts.map(({ code }) => code), ["ENETUNREACH", "ECONNREFUSED"]);
});

test("ConnectError is a SyscallError and Deno's class for its code; the other way round it is not", () => {
  const error: unknown = allFailed(GOAL, [refused], {});
  assert(error instanceof ConnectError && error instanceof SyscallError);
  assert(error instanceof Deno.errors.ConnectionRefused);
  assert(!(refused.error instanceof ConnectError) && !(({} as unknown) instanceof ConnectError));
});

test("allFailed() has the code of a host's own answer, else the last one", () => {
  assertEquals(allFailed(GOAL, [refused, unreachable], {}).code, "ECONNREFUSED");
  assertEquals(allFailed(GOAL, [unreachable, unreachable], {}).code, "ENETUNREACH");
  const full = { address: FOUR, error: syscallError("make a socket (PF_INET)", 24, "socket") };
  const { message } = allFailed(GOAL, [unreachable, full], {});
  assert(
    message.endsWith("; 127.0.0.1:80: cannot make a socket (PF_INET): too many open files (EMFILE, socket)"),
    message,
  );
});

test("noneInTime() tells what was still under way, and what was not tried", () => {
  const error = noneInTime(GOAL, [refused, { address: SIX }], 2, {});
  assertEquals(
    error.message,
    'Cannot connect to "example.org" port 80: no connection in time: 127.0.0.1:80: connection refused (ECONNREFUSED, connect); ' +
      "[::1]:80: operation now in progress (EINPROGRESS, connect); 2 more not tried",
  );
  assertEquals([error.code, error.attempts.length], ["ETIMEDOUT", 2]);
});
