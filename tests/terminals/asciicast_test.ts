import { eventLine, headerLine } from "../../lib/terminals/asciicast.ts";
import { parseAsciicast } from "../../mod.ts";
import { assertEquals, assertThrows, test } from "../support/mod.ts";

test("parseAsciicast() reads what is written, in both versions", () => {
  const events = [
    { time: 0.5, kind: "o", data: 'é "\x1b[0m\r\n' },
    { time: 1500, kind: "r", data: "100x30" },
    { time: 61_000.25, kind: "i", data: "\x03" },
  ];
  for (const version of [2, 3] as const) {
    const header = { version, cols: 80, rows: 24, timestamp: 1_700_000_000_000, title: "t", idleTimeLimit: 1_500 };
    const full = { ...header, command: "sh", env: { TERM: "dumb" }, ...(version === 3 ? { term: "dumb" } : {}) };
    let [text, last] = [headerLine(full), 0];
    for (const event of events) {
      text += eventLine(version, event, last);
      last = event.time;
    }
    const read = parseAsciicast(text);
    assertEquals(read.header, full);
    assertEquals(read.events.map(({ kind, data }) => [kind, data]), events.map(({ kind, data }) => [kind, data]));
    const times = version === 2 ? [0.5, 1500, 61_000.25] : [1, 1500, 61_000];
    assertEquals(read.events.map(({ time }) => Math.round(time * 1000) / 1000), times);
  }
});

test("parseAsciicast() reads what asciinema writes", () => {
  const two = '{"version": 2, "width": 80, "height": 24, "timestamp": 1504467315, "env": {"SHELL": "/bin/zsh"}}\n' +
    '[0.248848, "o", "\\u001b[1;31mHello\\u001b[0m\\n"]\n[1.001376, "m", ""]\n';
  assertEquals(parseAsciicast(two).events, [
    { time: 248.848, kind: "o", data: "\x1b[1;31mHello\x1b[0m\n" },
    { time: 1001.376, kind: "m", data: "" },
  ]);
  const three = '{"version":3,"term":{"cols":100,"rows":50,"type":"xterm"},"timestamp":1}\n# a comment\n' +
    '[0.25,"o","a"]\n\n[1.5,"x","0"]\n';
  const { header, events } = parseAsciicast(three);
  assertEquals(header, { version: 3, cols: 100, rows: 50, timestamp: 1000, term: "xterm" });
  assertEquals(events.map(({ time }) => time), [250, 1750]);
});

test("parseAsciicast() leaves out a last line that was cut, and names a line that makes no sense", () => {
  const head = '{"version":2,"width":80,"height":24}\n';
  assertEquals(parseAsciicast(`${head}[1,"o","a"]\n[2,"o","b`).events.length, 1);
  for (
    const [text, line] of [["", 1], ["{}\n", 1], ['{"version":2}\n', 1], [`${head}[1,"o"\n[2,"o","b"]\n`, 2]] as const
  ) {
    assertThrows(() => parseAsciicast(text), SyntaxError, `Line ${line} `);
  }
  for (const line of ["{}", '["a","o","b"]', '[-1,"o","b"]', '[1,"o"]', '[1,2,"b"]']) {
    assertThrows(() => parseAsciicast(`${head}${line}\n`), SyntaxError, "Line 2 of the recording is no event");
  }
});
