import { eager } from "../../tools/eager.ts";
import * as members from "../../tools/put_members.ts";
import { assert, assertEquals, assertThrows, test } from "../support/mod.ts";

/** A class, a line each. */
const METHODS = [
  "const close = () => 1;",
  "export class Third {",
  "  #one = 1;",
  "  constructor(one) {",
  "    this.#one = one;",
  "  }",
  "  close() {",
  "    return close() + this.#one + this.#two(this.#two());",
  "  }",
  "  #two(more = 1) {",
  "    return 1 + more;",
  "  }",
  "  get three() {",
  "    return this.#one;",
  "  }",
  "  async *[Symbol.asyncIterator]() {",
  "    yield this;",
  "  }",
  "  static delete(one) {",
  "    return new this(one);",
  "  }",
  "  toString() {",
  "    return super.toString();",
  "  }",
  "}",
];

test("eager() puts the functions that are called in parentheses, each on its lines, and leaves the rest alone", () => {
  const source = [
    "/** Why. */",
    "export async function first(",
    "  one,",
    ") {",
    "  if (one) {",
    "    return await one;",
    "  }",
    "}",
    "function* second() {",
    "  yield function inner() {};",
    "}",
    "const third = async () => {",
    "};",
    "const five = fourth();",
    "function fourth() {}",
    "function other() {}",
    "[].map((one) => one).map((one) => one);",
  ];
  const expected = [...source];
  expected[1] = "export var first = (async function first(";
  expected[7] = "});";
  expected[8] = "var second = (function* second() {";
  expected[10] = "});";
  expected[11] = "const third = (async () => {";
  expected[12] = "});";
  expected[16] = "[].map((one) => one).map(((one) => one));";
  const called = new Set(["first", "second", "third", "fourth", ":2"]);
  assertEquals(eager(source.join("\n"), called).split("\n"), expected);
});

test("eager() moves methods to where they can be in parentheses, and they are as they were", async () => {
  const called = ["close", "Third", "close:2", "#two", "get three", ":1", "delete", "toString"];
  const text = eager(METHODS.join("\n"), new Set(called));
  const changed = text.split("\n").flatMap((line, i) => line === METHODS[i] ? [] : [i]);
  assertEquals(changed, [0, 3, 5, 6, 7, 8, 9, 11, 12, 14, 15, 17, 18, 20]);
  Object.assign(globalThis, members);
  for (const source of [METHODS.join("\n"), text]) {
    const { Third } = await import(`data:text/javascript,${encodeURIComponent(source)}`);
    const third = Third.delete(7);
    assertEquals([third.close(), third.three, String(third)], [11, 7, "[object Object]"]);
    assertEquals(Object.keys(Third.prototype), []);
    for await (const one of third) assert(one === third);
    const kinds = ["close", "three", Symbol.asyncIterator].map((name) => {
      const { configurable, enumerable, writable } = Object.getOwnPropertyDescriptor(Third.prototype, name)!;
      return [configurable, enumerable, writable];
    });
    assertEquals(kinds, [[true, false, true], [true, false, undefined], [true, false, true]]);
  }
});

/** What a class is given, and how a constructor takes it. */
const CONSTRUCTORS = [
  "class Taken {",
  "  first = [];",
  "  constructor({ one, ...others }, two = one + 1, ...more) {",
  "    this.all = [one, others, two, more, this.first];",
  "    if (one === 0) throw new RangeError('none');",
  "  }",
  "}",
  "class Child extends Taken {",
  "  constructor(one) {",
  "    super({ one });",
  "  }",
  "}",
  "class Asked {",
  "  constructor() {",
  "    this.made = new.target;",
  "  }",
  "}",
  "class Early {",
  "  static one = new Early(1);",
  "  constructor(one) {",
  "    this.one = one;",
  "  }",
  "}",
  "export { Asked, Child, Early, Taken };",
];

test("eager() has a constructor call a function that does its work, where it can", async () => {
  const text = eager(CONSTRUCTORS.join("\n"), new Set(["Taken", "Child", "Asked", "Early"]));
  const lines = text.replace("var Taken$constructor;", "").split("\n");
  assertEquals(lines.flatMap((line, i) => line === CONSTRUCTORS[i] ? [] : [i]), [2, 5]);
  assert(lines[2]!.includes("Taken$constructor = (function Taken({ one, ...others }, two = one + 1, ...more) {"));
  for (const source of [CONSTRUCTORS.join("\n"), text]) {
    const { Asked, Child, Early, Taken } = await import(`data:text/javascript,${encodeURIComponent(source)}`);
    assertEquals(new Taken({ one: 1, x: 2 }).all, [1, { x: 2 }, 2, [], []]);
    assertEquals(new Taken({ one: 1 }, undefined, 3, 4).all, [1, {}, 2, [3, 4], []]);
    assertEquals([Taken.length, new Taken({ one: 1 }) instanceof Taken], [1, true]);
    assertEquals([new Child(5).all[0], new Asked().made, Early.one.one], [5, Asked, 1]);
    assertThrows(() => new Taken({ one: 0 }), RangeError, "none");
    assertThrows(() => Taken({ one: 1 }), TypeError, "without 'new'");
  }
});
