import { ARCHITECTURES } from "../../ffi/abi/column.ts";
import { ADAPTORS } from "../../ffi/native/bytes.ts";
import { assemble, bytesSource } from "../../tools/native.ts";
import { assertEquals, repository, test } from "../support/mod.ts";
import { needs } from "./programs/compile.ts";

for (const architecture of ARCHITECTURES) {
  test(`ADAPTORS of ${architecture} are what ffi/native/${architecture}.S assembles to`, async () => {
    const { code, offsets } = await assemble(architecture);
    const stored = ADAPTORS[architecture];
    assertEquals(stored.code, code.toHex());
    assertEquals<Record<string, number>>({ ...stored.offsets }, offsets);
  }, needs(architecture));
}

// Which are formatted, as everything is.
test("deno task native writes bytes.ts as it is", async () => {
  assertEquals(await bytesSource(), await Deno.readTextFile(repository("ffi/native/bytes.ts")));
}, { ...needs("x86_64"), needs: ARCHITECTURES.flatMap((architecture) => needs(architecture).needs) });
