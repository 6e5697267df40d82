import { dotForm, lineForm, markForm, recordForm } from "../../lib/sockets/record_forms.ts";
import { assertEquals, assertThrows, test } from "../support/mod.ts";
import { bytes } from "./loopback.ts";

test("lineForm(), recordForm(), markForm() and dotForm() say what ends what", () => {
  assertEquals(lineForm({}), { mark: bytes("\n"), lines: true, maxLength: 16_777_216 });
  assertEquals(recordForm({}), { mark: bytes("\n"), lines: false, maxLength: 16_777_216 });
  assertEquals(recordForm({ separator: "é", maxLength: 5 }), { mark: bytes("é"), lines: false, maxLength: 5 });
  assertEquals(dotForm({}), { mark: bytes("\n"), lines: true, maxLength: 67_108_864 });
  assertEquals(dotForm({ strict: true, maxLength: 9 }), { mark: bytes("\r\n"), lines: false, maxLength: 9 });
  for (const none of ["", 7 as unknown as string]) assertThrows(() => markForm(none, {}), TypeError, "not empty");
  for (const form of [lineForm, recordForm, dotForm]) assertThrows(() => form({ maxLength: 0 }), RangeError, "0");
});
