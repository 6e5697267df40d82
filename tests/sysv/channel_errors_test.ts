import { ERRNO } from "../../ffi/abi/errno.ts";
import { channelError, channelText, noReader, writerDied } from "../../lib/sysv/channel_errors.ts";
import { assertEquals, test } from "../support/mod.ts";

const NAME = { key: 0x4d2, id: 7 };

test("a channel is called by its key, or by its id", () => {
  assertEquals([channelText(NAME), channelText({ key: 0, id: 7 })], ["channel 0x000004d2", "channel 7"]);
});

test("errors of channels say what is the matter, and have Deno's classes", () => {
  const { message, code, key } = channelError("send to", NAME, ERRNO.EINVAL);
  assertEquals([message, code, key], [
    "Cannot send to channel 0x000004d2: identifier removed (EIDRM, semop)",
    "EIDRM",
    0x4d2,
  ]);
  assertEquals((noReader(NAME) as Error) instanceof Deno.errors.BrokenPipe, true);
  assertEquals((writerDied(NAME) as Error) instanceof Deno.errors.ConnectionReset, true);
  assertEquals(
    writerDied(NAME).message,
    "Cannot receive from channel 0x000004d2, whose writer has died: connection reset by peer (ECONNRESET, semop)",
  );
});
