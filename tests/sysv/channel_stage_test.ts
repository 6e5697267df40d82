import { frameSize } from "../../lib/sysv/channel_memory.ts";
import { ChannelStage } from "../../lib/sysv/channel_stage.ts";
import { assertEquals, test } from "../support/mod.ts";

test("a stage gives whole messages, as many as there is room for", () => {
  const stage = new ChannelStage(1_000_000);
  for (const length of [0, 1, 8, 9]) stage.add(new Uint8Array(length).fill(length), frameSize(length));
  assertEquals(stage.size, 8 + 16 + 16 + 24);
  assertEquals(stage.fitting(7).count, 0);
  const first = stage.fitting(39);
  assertEquals([first.count, first.bytes.length], [2, 24]);
  stage.drop(first);
  assertEquals([stage.size, stage.fitting(1_000).count], [40, 2]);
  assertEquals([...stage.fitting(1_000).bytes.subarray(0, 9)], [8, 0, 0, 0, 0, 0, 0, 0, 8]);
  stage.drop(stage.fitting(40));
  assertEquals(stage.size, 0);
});

test("a stage takes no more than it holds, and is whole again once it is empty", () => {
  const stage = new ChannelStage(1_000_000);
  const large = new Uint8Array(32_760);
  assertEquals([stage.takes(65_536), stage.takes(65_537)], [true, false]);
  assertEquals([1, 2, 3].map(() => stage.add(large, 32_768)), [true, true, false]);
  stage.drop(stage.fitting(32_768));
  // What is in front is not used before all of it is gone.
  assertEquals(stage.add(large, 32_768), false);
  stage.drop(stage.fitting(32_768));
  assertEquals(stage.add(large, 32_768), true);
  stage.clear();
  assertEquals(stage.size, 0);
});
