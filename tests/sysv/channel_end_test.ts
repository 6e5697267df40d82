import { assertEquals, test } from "../support/mod.ts";
import { channel } from "./channels.ts";

test("an end that is closed is its channel's no more", async () => {
  using made = channel();
  const reader = made.channel.reader();
  const writer = made.channel.writer();
  reader.close();
  await writer.close();
  assertEquals([made.channel.stat().readers, made.channel.stat().writers], [0, 0]);
});
