import {
  leave,
  legacyDescriptors,
  legacyDirectory,
  legacyVariables,
  takeDescriptor,
  takeVariable,
} from "../../lib/core/legacy.ts";
import { pipe } from "../../lib/core/pipe.ts";
import { startingDirectory } from "../../lib/core/starting_directory.ts";
import { assert, assertEquals, assertThrows, test } from "../support/mod.ts";

test("leave() has a next start told until it is disposed of", () => {
  using ends = new DisposableStack();
  const { reader, writer } = pipe();
  ends.use(reader);
  ends.use(writer);
  const nothing = [legacyVariables("trial"), legacyDescriptors(), legacyDirectory()];
  {
    using _left = leave({
      variable: "VASTY_TEST",
      cwd: "/a b",
      text: (next) => `as ${next}`,
      fds: () => [reader],
    });
    assertEquals(legacyVariables("trial"), { VASTY_TEST: "as trial " });
    assertEquals(legacyDescriptors(), [reader]);
    assertEquals([legacyDirectory(), startingDirectory()], ["/a b", "/a b"]);
  }
  assertEquals([legacyVariables("trial"), legacyDescriptors(), legacyDirectory()], nothing);
});

test("takeVariable() is what was told to this process, once, and not what a parent was told", () => {
  for (const [pid, text] of [[Deno.pid, "a b"], [Deno.pid + 1, undefined]] as const) {
    Deno.env.set("VASTY_TEST", `a b ${pid}`);
    assertEquals([takeVariable("VASTY_TEST"), Deno.env.has("VASTY_TEST")], [text, false]);
  }
  assertEquals(takeVariable("VASTY_TEST"), undefined);
});

test("takeDescriptor() owns it, and names what is not open", () => {
  const { reader, writer } = pipe();
  const fd = takeDescriptor(reader.release());
  fd.close();
  writer.close();
  assert(fd.closed);
  assertThrows(() => takeDescriptor(9_999), Deno.errors.BadResource, "descriptor 9999");
});
