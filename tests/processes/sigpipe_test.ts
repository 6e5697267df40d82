import { SIGNAL } from "../../ffi/abi/signal.ts";
import { isIgnored } from "../../ffi/dispositions.ts";
import { defaultSigpipe } from "../../lib/processes/sigpipe.ts";
import { assert, assertEquals, denoSource, test } from "../support/mod.ts";

test("defaultSigpipe() has SIGPIPE ignored no more, and is undone", () => {
  assert(isIgnored(SIGNAL.SIGPIPE));
  const undo = defaultSigpipe();
  assert(!isIgnored(SIGNAL.SIGPIPE));
  undo();
  assert(isIgnored(SIGNAL.SIGPIPE));
});

test("defaultSigpipe() has SIGPIPE end the program", async () => {
  const source = `
    import { defaultSigpipe } from "vasty/lib/processes/sigpipe.ts";
    import { kill } from "vasty/ffi/signal.ts";
    kill(Deno.pid, 13);
    console.log("ignored");
    defaultSigpipe();
    kill(Deno.pid, 13);
    console.log("must not come here");
  `;
  const { stdout, signal } = await denoSource(source);
  assertEquals([stdout, signal], ["ignored\n", "SIGPIPE"]);
});
