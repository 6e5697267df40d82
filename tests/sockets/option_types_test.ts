import type { ReadableSocketOption, SettableSocketOption, SocketOptions } from "../../lib/sockets/mod.ts";
import { assertEquals, test } from "../support/mod.ts";

/** Compiles where both are the same. */
type Same<A, B> = [A] extends [B] ? [B] extends [A] ? true : never : never;

test("SocketOptions has a type for each option, and says which can be read and which can be set", () => {
  const proven: [
    Same<SocketOptions["SO_LINGER"], number | false>,
    Same<SocketOptions["TCP_NODELAY"], boolean>,
    Same<Exclude<keyof SocketOptions, ReadableSocketOption | SettableSocketOption>, never>,
    Same<Extract<SettableSocketOption, "SO_ERROR" | "SO_PEERCRED" | "SO_ACCEPTCONN">, never>,
    Same<Extract<ReadableSocketOption, "IP_ADD_MEMBERSHIP" | "IPV6_JOIN_GROUP">, never>,
  ] = [true, true, true, true, true];
  assertEquals(proven.length, 5);
});
