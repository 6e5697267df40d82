import { read, write } from "../../ffi/unistd.ts";
import {
  ClosedError,
  CONTINUE,
  Expect,
  fakeDialog,
  interact,
  type InteractOptions,
  pipe,
  spawn,
  spawnPty,
} from "../../mod.ts";
import { assert, assertEquals, assertRejects, test } from "../support/mod.ts";
import { type FullScreen, sinkScreen, streamScreen, terminalScreen } from "./full_screens.ts";

/** A person who types by `type`, and has seen `seen`. */
class Person {
  readonly #keys = new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>(undefined, undefined, {
    highWaterMark: 9,
  });
  readonly #writer = this.#keys.writable.getWriter();
  readonly #decoder = new TextDecoder();
  readonly #wanted: { text: string; resolve: () => void }[] = [];
  seen = "";

  /** As options. */
  get streams(): InteractOptions {
    return { input: this.#keys.readable, output: { write: (bytes) => this.#show(bytes) } };
  }

  #show(bytes: Uint8Array<ArrayBuffer>): Promise<number> {
    this.seen += this.#decoder.decode(bytes, { stream: true });
    for (const { text, resolve } of this.#wanted) if (this.seen.includes(text)) resolve();
    return Promise.resolve(bytes.length);
  }

  async type(text: string): Promise<void> {
    await this.#writer.write(new TextEncoder().encode(text));
  }

  end(): Promise<void> {
    return this.#writer.close();
  }

  async sees(text: string): Promise<void> {
    if (this.seen.includes(text)) return;
    await new Promise<void>((resolve) => this.#wanted.push({ text, resolve }));
  }
}

const cat = () => new Expect(spawn(["cat"], { stdin: "piped", stdout: "piped" }));

test("interact() shows what waits first, passes keys on, and ends with the escape character", async () => {
  const person = new Person();
  await using dialog = fakeDialog([{ says: "one two " }, { hears: "k", says: "three" }, { hears: "never" }]);
  await dialog.expect("one ");
  const ended = interact(dialog, person.streams);
  await person.sees("two ");
  await person.type("k");
  await person.sees("three");
  await person.type("more\x1drest");
  assertEquals(await ended, { reason: "escape", side: "input", rest: "rest" });
  assertEquals([person.seen, dialog.heard, dialog.buffer], ["two three", "kmore", ""]);
});

test("interact() has filters and patterns for what is typed", async () => {
  const person = new Person();
  await using dialog = cat();
  const found: number[] = [];
  const ended = interact(dialog, {
    ...person.streams,
    escape: "q",
    inputFilter: (text) => text.toUpperCase(),
    inputPatterns: [{ pattern: "~.", action: () => (found.push(0), CONTINUE) }, { pattern: /B(\d)/ }],
  });
  await person.type("a~");
  await person.type(".");
  await person.type("é~x");
  await person.sees("AÉ~X");
  await person.type("b7c");
  const { reason, side, match, rest } = await ended;
  assertEquals([reason, side, match?.groups, rest, found], ["pattern", "input", ["B7", "7"], "C", [0]]);
  await dialog.expect("B7");
});

test("interact(): a pattern's handler may hold a dialog meanwhile", async () => {
  const person = new Person();
  await using dialog = fakeDialog([
    { says: "log in\nlogin: " },
    { hears: "me\n", says: "password: " },
    { hears: "secret\n", says: "welcome\n" },
    { hears: "never" },
  ]);
  const action = async () => {
    await dialog.sendLine("me");
    await dialog.expect("password: ");
    await dialog.sendLine("secret");
    return CONTINUE;
  };
  const outputPatterns = [{ pattern: "login: ", action }, { pattern: /wel\w+/ }];
  const { match } = await interact(dialog, { ...person.streams, outputPatterns });
  assertEquals([match?.match, person.seen, dialog.buffer], ["welcome", "log in\nlogin: welcome", "\n"]);
});

test("interact(): so may that of a pattern in what is typed", async () => {
  const person = new Person();
  await using dialog = cat();
  const action = async () => {
    await dialog.send("question");
    await dialog.expect("question");
    return CONTINUE;
  };
  const ended = interact(dialog, { ...person.streams, inputPatterns: [{ pattern: "?", action }] });
  await person.type("a");
  await person.sees("a");
  await person.type("?b");
  await person.sees("b");
  await person.type("\x1d");
  await ended;
  assertEquals(person.seen, "ab");
});

test("interact() ends with the end of either side, or passes that of the person on", async () => {
  const person = new Person();
  await using dialog = cat();
  const ended = interact(dialog, person.streams);
  await person.type("x");
  await person.end();
  assertEquals(await ended, { reason: "eof", side: "input", rest: "" });
  await dialog.expect("x");
  const other = new Person();
  await other.type("y");
  other.end();
  const passed = await interact(dialog, { ...other.streams, inputEnd: "pass" });
  assertEquals([passed.side, other.seen], ["output", "y"]);
});

test("interact() that the program ends returns the keys that were held back", async () => {
  const outputPatterns = [{ pattern: "menu" }];
  for (const [says, reason] of [["menu", "pattern"], ["bye", "eof"]] as const) {
    const person = new Person();
    await using dialog = fakeDialog([{ hears: "ab", says }]);
    const ended = interact(dialog, { ...person.streams, inputPatterns: [{ pattern: "~." }], outputPatterns });
    await person.type("ab~");
    const { side, rest, ...end } = await ended;
    assertEquals([end.reason, side, rest, dialog.heard], [reason, "output", "~", "ab"]);
  }
});

test("interact() leaves to the next reader what is typed after its end", async () => {
  const person = new Person();
  const { streams } = person;
  await using dialog = cat();
  await assertRejects(() => interact(dialog, { ...streams, timeout: 30 }), DOMException, "Timed out after 30 ms");
  await person.type("kept\x1d");
  const { reason } = await interact(dialog, streams);
  assertEquals(reason, "escape");
  await dialog.expect("kept");
  const controller = new AbortController();
  const aborted = interact(dialog, { ...streams, signal: controller.signal });
  controller.abort(new Error("enough"));
  await assertRejects(() => aborted, Error, "enough");
});

test("interact() ends by what a filter or a handler throws, and the dialog's end", async () => {
  const fail = () => {
    throw new Error("mine");
  };
  for (
    const options of [
      { inputFilter: fail },
      { outputFilter: fail },
      { inputPatterns: [{ pattern: "a", action: fail }] },
      { outputPatterns: [{ pattern: /a/, action: fail }] },
    ]
  ) {
    const person = new Person();
    await using dialog = cat();
    const ended = interact(dialog, { ...person.streams, ...options });
    await person.type("a");
    await assertRejects(() => ended, Error, "mine");
  }
  const dialog = cat();
  const ended = assertRejects(() => interact(dialog, new Person().streams), ClosedError);
  await dialog[Symbol.asyncDispose]();
  await ended;
  await assertRejects(() => interact(dialog, new Person().streams), ClosedError);
});

test("interact() works while the program reads nothing, and passes all 256 bytes where the dialog is in latin1", async () => {
  const person = new Person();
  const script = "stty raw -echo; echo ready; exec sleep 60";
  await using deaf = new Expect(spawnPty(["sh", "-c", script]));
  await deaf.expect("ready");
  const ended = interact(deaf, person.streams);
  for (let i = 0; i < 6; i++) await person.type("x".repeat(10_000));
  await person.type("\x1d");
  assertEquals((await ended).reason, "escape");

  const [keys, shown] = [pipe(), pipe()];
  const all = Uint8Array.from({ length: 256 }, (_, i) => i);
  await using dialog = new Expect(spawn(["head", "-c", "256"], { stdin: "piped", stdout: "piped" }), {
    encoding: "latin1",
  });
  assertEquals(write(keys.writer.number, all, 256), 256);
  const { side } = await interact(
    dialog,
    { input: keys.reader, output: shown.writer, escape: null } as unknown as InteractOptions,
  );
  assertEquals(side, "output");
  const bytes = new Uint8Array(300);
  assertEquals([read(shown.reader.number, bytes, 300), bytes.subarray(0, 256)], [256, all]);
  for (const end of [keys.reader, keys.writer, shown.reader, shown.writer]) end.close();
});

const SCREENS: [name: string, makeScreen: () => FullScreen, options: InteractOptions, character: string][] = [
  // It may take a part of a character.
  ["a terminal", terminalScreen, {}, "-"],
  ["a stream", streamScreen, {}, "€"],
  ["a stream, filtered", streamScreen, { outputFilter: (text) => text }, "€"],
  ["what writes", sinkScreen, {}, "€"],
];
for (const [name, makeScreen, options, character] of SCREENS) {
  test(`interact() that ends while its screen is full shows everything once: ${name}`, async () => {
    let text = "";
    for (let line = 0; text.length < 200_000; line++) text += `${line}${character}\n`;
    await using dialog = fakeDialog([{ says: text }]);
    const screen = makeScreen();
    const person = new Person();
    const ended = interact(dialog, { ...person.streams, output: screen.output, ...options });
    await screen.asked;
    await person.type("\x1d");
    assertEquals((await ended).reason, "escape");
    screen.frees();
    const { side } = await interact(dialog, { ...new Person().streams, output: screen.output, ...options });
    const seen = await screen.seen();
    assertEquals([side, seen.length, seen === text], ["output", text.length, true]);
  });
}

test("interact() leaves in the log how long a secret is to nobody", async () => {
  const log: string[] = [];
  const script = "stty -icanon -echo; echo secret:; dd bs=1 count=4; stty echo; echo name:; exec sleep 60";
  await using dialog = new Expect(spawnPty(["sh", "-c", script]), { log: { sent: (text) => log.push(text) } });
  await dialog.expect("secret:");
  const person = new Person();
  const ended = interact(dialog, person.streams);
  for (const key of "abc") await person.type(key);
  await person.sees("abc");
  await person.type("d");
  await person.sees("name:");
  for (const key of "xy\x1d") await person.type(key);
  await ended;
  assertEquals(log, ["[hidden]", "x", "y"]);
});

test("interact() checks its options before it does anything", async () => {
  await using dialog = fakeDialog([{ hears: "never" }]);
  for (
    const options of [
      { escape: "ab" },
      { escape: "é" },
      { inputEnd: "x" },
      { inputFilter: 1 },
      { inputPatterns: [{}] },
      { input: "x" },
    ]
  ) {
    const given = { ...new Person().streams, ...options } as unknown as InteractOptions;
    await assertRejects(() => interact(dialog, given), TypeError);
  }
  await assertRejects(() => interact(dialog, { ...new Person().streams, timeout: -1 }), RangeError);
  await assertRejects(() => interact({} as Expect, {}), TypeError, "no Expect");
  assert(dialog.heard === "");
});
