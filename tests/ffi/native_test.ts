import { ARCHITECTURES } from "../../ffi/abi/column.ts";
import { ADAPTORS } from "../../ffi/native/bytes.ts";
import { assemble } from "../../tools/native.ts";
import { assertEquals, test } from "../support/mod.ts";
import { needs } from "./programs/compile.ts";

for (const architecture of ARCHITECTURES) {
  test(`ADAPTORS of ${architecture} are what ffi/native/${architecture}.S assembles to`, async () => {
    const { code, offsets } = await assemble(architecture);
    const stored = ADAPTORS[architecture];
    assertEquals(stored.code, code.toHex());
    assertEquals<Record<string, number>>({ ...stored.offsets }, offsets);
  }, needs(architecture));
}
