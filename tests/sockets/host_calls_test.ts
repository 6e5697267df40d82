import { AI } from "../../ffi/abi/netdb.ts";
import { offload } from "../../ffi/workers.ts";
import { AddressCall, flagsOf, NameCall, numberOf, SOCKET_TYPES } from "../../lib/sockets/host_calls.ts";
import type { ResolverCall } from "../../lib/sockets/resolver.ts";
import { packSockaddrIn, packSockaddrUn } from "../../lib/sockets/mod.ts";
import { SyscallError } from "../../mod.ts";
import { assertEquals, assertRejects, assertThrows, test } from "../support/mod.ts";

/** What libc returns. */
function answer({ fn, args }: Pick<ResolverCall<unknown>, "fn" | "args">): Promise<number> {
  return offload(fn, args as number[]).result;
}

const QUESTION = { host: "127.0.0.1", service: "80", family: 0, socktype: 0, flags: 0 };

test("AddressCall asks libc, copies what it has found and frees it", async () => {
  using call = new AddressCall({ ...QUESTION, socktype: SOCKET_TYPES.SOCK_STREAM, flags: AI.AI_CANONNAME });
  const found = call.take(await answer(call));
  assertEquals(found.map(({ canonicalName, protocol }) => [canonicalName, protocol]), [["127.0.0.1", 6]]);
  call[Symbol.dispose]();
  assertEquals(found[0]!.address, { transport: "tcp", hostname: "127.0.0.1", port: 80 });
  assertThrows(() => call.take(0), ReferenceError, "freed");
});

test("AddressCall throws for names with a NUL before it has any memory", () => {
  assertThrows(() => new AddressCall({ ...QUESTION, host: "a\0b" }), TypeError, "NUL");
  assertThrows(() => new AddressCall({ ...QUESTION, service: "a\0b" }), TypeError, "NUL");
});

test("NameCall asks libc, and says what an answer below 0 stands for", async () => {
  const name = { sockaddr: packSockaddrIn(80, "127.0.0.1"), flags: 3, text: "127.0.0.1" };
  using call = new NameCall(name);
  assertEquals(call.take(await answer(call)), { host: "127.0.0.1", service: "80" });
  assertThrows(() => call.take(-24), SyscallError, "too many open files (EMFILE, getnameinfo)");
  using wrong = new NameCall({ ...name, sockaddr: packSockaddrUn("").subarray(0, 1) });
  const failed = async () => wrong.take(await answer(wrong));
  await assertRejects(failed, SyscallError, "EAI_FAMILY");
});

test("numberOf() and flagsOf() name what there is instead", () => {
  assertEquals(flagsOf(AI, ["AI_PASSIVE", "AI_CANONNAME", "AI_PASSIVE"]), 3);
  assertEquals(flagsOf(AI, []), 0);
  assertThrows(() => flagsOf({ X: 1, Y: 2 }, ["Z"]), TypeError, 'A flag is one of X, Y, not "Z"');
  assertThrows(() => numberOf({ X: 1 }, "toString", "A thing"), TypeError, 'A thing is one of X, not "toString"');
});
