import type { SelfPermissions } from "../../lib/processes/mod.ts";
import { type ServeMode, type ServeOptions, settingsOf } from "../../lib/servers/serve_options.ts";
import { assertEquals, assertThrows, test } from "../support/mod.ts";

test("settingsOf() has no limits by default, and 10 s to stop", () => {
  const { mode, maxConnections, idleTimeout, maxLineLength, access, stopTimeout } = settingsOf(() => {}, {});
  assertEquals([mode, maxConnections, idleTimeout, maxLineLength, access, stopTimeout], [
    "multiplexed",
    Infinity,
    Infinity,
    undefined,
    undefined,
    10_000,
  ]);
});

test("settingsOf() refuses what makes no sense, by its name", () => {
  const wrong: [ServeOptions, new () => Error, string][] = [
    [{ maxConnections: 0 }, RangeError, "maxConnections"],
    [{ maxConnections: 1.5 }, RangeError, "maxConnections"],
    [{ idleTimeout: 0 }, RangeError, "idleTimeout"],
    [{ maxLineLength: -1 }, RangeError, "maxLineLength"],
    [{ stopTimeout: NaN }, RangeError, "stopTimeout"],
    [{ mode: "threads" as "single" }, TypeError, "mode"],
    [{ log: "file" as unknown as () => void }, TypeError, "log"],
    [{ allow: ["10.0.0.0/64"] }, RangeError, "10.0.0.0/64"],
  ];
  for (const [options, error, words] of wrong) assertThrows(() => settingsOf(() => {}, options), error, words);
  assertThrows(() => settingsOf({ stream: 1 } as never, {}), TypeError, "handler");
});

test("settingsOf() wants children that look names up to be granted net", () => {
  const settings = (allow: string[], permissions?: SelfPermissions, mode: ServeMode = "preforking") => {
    settingsOf({ child: { module: "file:///any.ts", export: "any", permissions } }, { mode, allow });
  };
  for (const permissions of [undefined, {}, { net: false }, { net: [] }]) {
    assertThrows(() => settings([".example.com"], permissions), TypeError, "`child.permissions` needs `net`");
    settings(["10.0.0.0/8"], permissions);
    settings([".example.com"], permissions, "forking");
  }
  for (const net of [true, ["10.0.0.1"]]) settings(["relay.example.com"], { net });
});
