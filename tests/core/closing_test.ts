import { onClosing } from "../../lib/core/closing.ts";
import { pipe } from "../../mod.ts";
import { assertEquals, test } from "../support/mod.ts";

test("onClosing() tells once of a descriptor that is closed or released, and no more when it is disposed of", () => {
  const { reader, writer } = pipe();
  const told: string[] = [];
  using _reader = onClosing(reader, () => told.push("reader"));
  using _again = onClosing(reader, () => told.push(`closed: ${reader.closed}`));
  onClosing(reader, () => told.push("never"))[Symbol.dispose]();
  using _writer = onClosing(writer, () => told.push("writer"));
  reader.close();
  reader.close();
  assertEquals(told, ["reader", "closed: true"]);
  writer.close();
  assertEquals(told, ["reader", "closed: true", "writer"]);
});
