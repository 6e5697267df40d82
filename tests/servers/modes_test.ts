import { MODES } from "../../lib/servers/modes.ts";
import { settingsOf } from "../../lib/servers/serve_options.ts";
import { assertEquals, test } from "../support/mod.ts";

test("MODES has every mode that serve() takes", () => {
  for (const mode of Object.keys(MODES) as (keyof typeof MODES)[]) {
    const inChildren = mode === "forking" || mode === "preforking";
    const handler = inChildren ? { child: { module: import.meta.url, export: "any" } } : () => {};
    assertEquals(settingsOf(handler, { mode }).mode, mode);
  }
});
