import { assertEquals, test } from "../support/mod.ts";
import { channel, text } from "./channels.ts";

test("a stage that the ring has no room for is published in parts", async () => {
  using made = channel({ capacity: 4_000 });
  using reader = made.channel.reader();
  const writer = made.channel.writer();
  const sent: string[] = [];
  while (writer.trySend(`message ${sent.length}`)) sent.push(`message ${sent.length}`);
  // The ring is full, and so is the stage.
  assertEquals([made.channel.stat().used > 3_900, sent.length > 320], [true, true]);
  const closing = writer.close();
  assertEquals(await Array.fromAsync(reader, text), sent);
  await closing;
});
