import { assertEquals, test, within } from "../support/mod.ts";
import { channel, text, withChannel } from "./channels.ts";

test("a reader that is alone keeps its lock for a turn of the loop, and gives it back then", async () => {
  using made = channel();
  using reader = made.channel.reader();
  await using writer = made.channel.writer();
  for (const word of ["one", "two", "three"]) await writer.send(word);
  assertEquals(text(await reader.receive()), "one");
  await new Promise((resolve) => setTimeout(resolve, 0));
  await using other = await withChannel(
    made.channel,
    `using reader = channel.reader(); say("READY"); say(new TextDecoder().decode(await reader.receive()));`,
  );
  assertEquals(await other.line(), "two");
  assertEquals(text(await reader.receive({ timeout: within(1_000) })), "three");
});

test("what was copied is not used once another reader has read on", async () => {
  using made = channel();
  using one = made.channel.reader();
  await using writer = made.channel.writer();
  for (let i = 0; i < 6; i++) await writer.send(`${i}`);
  await writer.flush();
  assertEquals(text(one.tryReceive()), "0");
  await new Promise((resolve) => setTimeout(resolve, 0));
  using two = made.channel.reader();
  const received = [two, one, one, two, one].map((reader) => text(reader.tryReceive()));
  assertEquals(received, ["1", "2", "3", "4", "5"]);
});
