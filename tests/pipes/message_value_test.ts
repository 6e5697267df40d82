import { messageValues, snapshot } from "../../lib/pipes/message_value.ts";
import { assert, assertEquals, assertThrows, test } from "../support/mod.ts";

const values = await messageValues();

function copied<T>(value: T): T {
  const bytes = values.encode(value, new Uint8Array(3));
  assertEquals(bytes.subarray(0, 3), new Uint8Array(3));
  return values.decode(bytes.slice(3)) as T;
}

test("MessageValues keep views at their places in one buffer", () => {
  const buffer = Uint8Array.from({ length: 16 }, (_, i) => i).buffer;
  const [whole, part, view] = copied([
    new Uint8Array(buffer),
    new Uint16Array(buffer, 2, 3),
    new DataView(buffer, 5, 4),
  ]);
  assert(whole!.buffer === part!.buffer && whole!.buffer === view!.buffer);
  assertEquals([part!.byteOffset, view!.byteOffset, view!.byteLength], [2, 5, 4]);
  assertEquals((view as DataView).getUint8(0), 5);
});

test("MessageValues keep identity and cycles", () => {
  const one: Record<string, unknown> = {};
  const copy = copied({ a: one, b: one, list: [one] });
  assert(copy.a === copy.b && copy.list[0] === copy.a);
});

test("snapshot() takes everything apart once, however it hangs together", () => {
  const list: unknown[] = [
    new Uint8Array(3),
    new Number(1),
    new String("s"),
    Object(1n),
    new Date(0),
    /x/,
    new DOMException("d"),
  ];
  list.push(new Map([[list, new Set([list])]]), Array(1_000).fill(1));
  let deep: unknown = list;
  for (let i = 0; i < 20; i++) deep = { deep };
  const words = (value: unknown) => Deno.inspect(value, { depth: 40 });
  assertEquals(words(snapshot(deep)), words(deep));
  assertEquals(assertThrows(() => snapshot({ deep: [new Blob()] }), DOMException).name, "DataCloneError");
});

test("MessageValues.encode() says DataCloneError for what no other process can see", () => {
  const error = assertThrows(() => values.encode(new SharedArrayBuffer(1), new Uint8Array(8)), DOMException);
  assertEquals(error.name, "DataCloneError");
});

const GARBAGE: [name: string, bytes: number[]][] = [
  ["nothing", []],
  ["no version", [1]],
  ["a version to come", [255, 99, 0x30]],
  ["a header alone", [255, 15]],
  ["half an object", [255, 15, 0x6f]],
  ["a buffer longer than the message", [255, 15, 0x42, 0xff, 0xff, 0xff, 0xff, 0x0f]],
];

for (const [name, bytes] of GARBAGE) {
  test(`MessageValues.decode() says InvalidData for ${name}`, () => {
    assertThrows(() => values.decode(Uint8Array.from(bytes)), Deno.errors.InvalidData);
  });
}
