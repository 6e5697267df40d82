import { fcntl } from "../../ffi/fcntl.ts";
import { FCNTL } from "../../ffi/abi/fcntl.ts";
import { newPipe } from "../../ffi/descriptors.ts";
import { compareDescriptors } from "../../ffi/linux_kcmp.ts";
import { close } from "../../ffi/unistd.ts";
import { assert, assertEquals, EMULATED, test } from "../support/mod.ts";

test("compareDescriptors() tells copies from others of the same file", () => {
  const [reader, writer] = newPipe() as [number, number];
  const copy = fcntl(reader, FCNTL.F_DUPFD_CLOEXEC, 3);
  assertEquals(compareDescriptors(Deno.pid, reader, copy), 0);
  assert(compareDescriptors(Deno.pid, reader, writer) > 0);
  for (const fd of [reader, writer, copy]) close(fd);
  assert(compareDescriptors(Deno.pid, reader, 0) < 0);
}, { skip: EMULATED && "the emulator has no kcmp" });
