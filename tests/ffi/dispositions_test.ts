import { handlerOf, SIG_DFL, SIG_IGN } from "../../ffi/dispositions.ts";
import { assertEquals, EMULATED, test } from "../support/mod.ts";

const SIGPIPE = 13;
/** Of glibc's own threads. */
const SIGCANCEL = 32;

test("handlerOf() says what the kernel does, and of a signal that libc keeps for itself nothing", () => {
  // Rust ignores SIGPIPE.
  assertEquals([handlerOf(SIGPIPE), handlerOf(SIGCANCEL), handlerOf(SIGPIPE)], [SIG_IGN, SIG_DFL, SIG_IGN]);
}, { skip: EMULATED && "qemu keeps some signals for itself" });
