import { messageBytes, PosixMessage } from "../../lib/sysv/posix_message.ts";
import { assertEquals, assertThrows, test } from "../support/mod.ts";

test("messageBytes() takes bytes as they are, text as UTF-8 and values as JSON", () => {
  const bytes = Uint8Array.of(1, 2, 3, 4);
  const rows: [data: unknown, expected: string | number[]][] = [
    ["", []],
    ["grüße\0", "grüße\0"],
    [bytes, [1, 2, 3, 4]],
    [bytes.subarray(1, 3), [2, 3]],
    [new DataView(bytes.buffer, 3), [4]],
    [bytes.buffer, [1, 2, 3, 4]],
    [new Uint8Array(new SharedArrayBuffer(2)), [0, 0]],
    [new SharedArrayBuffer(2), [0, 0]],
    [{ a: [1, null] }, '{"a":[1,null]}'],
    [[1], "[1]"],
    [null, "null"],
    [7, "7"],
    [false, "false"],
  ];
  for (const [data, expected] of rows) {
    const wanted = typeof expected === "string" ? [...new TextEncoder().encode(expected)] : expected;
    assertEquals([...messageBytes(data)], wanted);
  }
  for (const data of [undefined, () => 1, Symbol("s"), 1n]) assertThrows(() => messageBytes(data), TypeError);
});

test("messageBytes() copies: what is changed afterwards is sent as it was", () => {
  const bytes = Uint8Array.of(1, 2);
  for (const data of [bytes, bytes.buffer]) {
    const sent = messageBytes(data);
    bytes[0] = 9;
    assertEquals([...sent], [1, 2]);
    bytes[0] = 1;
  }
});

test("PosixMessage tells its text and its value", () => {
  const message = new PosixMessage(3, messageBytes({ answer: 42 }));
  assertEquals([message.priority, message.text(), message.json<{ answer: number }>().answer], [
    3,
    '{"answer":42}',
    42,
  ]);
  assertThrows(() => new PosixMessage(0, messageBytes("no JSON")).json(), SyntaxError);
  assertEquals(new PosixMessage(0, Uint8Array.of(0xff)).text(), "\ufffd");
});
