import { AI, EAI, NI } from "../../ffi/abi/netdb.ts";
import { EAI_BASE } from "../../ffi/bind.ts";
import { errnoName, errnoText } from "../../ffi/errno.ts";
import { if_nametoindex } from "../../ffi/net_if.ts";
import { resolverError } from "../../ffi/resolver_errors.ts";
import { cString } from "../../ffi/memory.ts";
import { assert, assertEquals, test } from "../support/mod.ts";
import { macros, needs } from "./programs/compile.ts";

test("the resolver's errors and flags are all that <netdb.h> has", async () => {
  const theirs = [...await macros("x86_64", "netdb.h")].map(([name]) => name);
  const known = [...Object.keys(EAI), ...Object.keys(AI), ...Object.keys(NI), "NI_MAXHOST", "NI_MAXSERV"];
  const unknown = theirs.filter((name) => /^(EAI|AI|NI)_/.test(name) && !known.includes(name));
  assertEquals(unknown, []);
  assert(theirs.includes("EAI_NONAME") && theirs.includes("NI_DGRAM"));
}, needs("x86_64"));

test("an error of the resolver has its own name and libc's words, and is no errno", () => {
  for (const [name, error] of Object.entries(EAI)) {
    assertEquals([errnoName(EAI_BASE - error), resolverError(EAI_BASE - error)], [name, error]);
    assert(errnoText(EAI_BASE - error).length > 5);
  }
  assertEquals(errnoText(EAI_BASE - EAI.EAI_AGAIN), "temporary failure in name resolution");
  assertEquals([errnoName(1_050), errnoName(4_711), errnoName(1_000)], ["EAI_50", "E4711", "E1000"]);
  assertEquals([2, 133, 1_000, 1_200, 4_711].map(resolverError), new Array(5).fill(undefined));
});

test("a result that is 0 where it fails is told as the errno", () => {
  assertEquals(if_nametoindex(cString("lo")), 1);
  assertEquals(errnoName(-if_nametoindex(cString("nowhere0"))), "ENODEV");
});
