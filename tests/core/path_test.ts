import { pathOf } from "../../lib/core/path.ts";
import { assertEquals, assertThrows, test } from "../support/mod.ts";

test("pathOf() gives the path of a string or of the URL of a file", () => {
  assertEquals(pathOf("./a b%20"), "./a b%20");
  assertEquals(pathOf(new URL("file:///run/a%20b/%C3%A4")), "/run/a b/ä");
});

test("pathOf() reads the URL of a file as Deno does, with percent signs that are no escapes", () => {
  const folder = Deno.makeTempDirSync();
  try {
    for (const name of ["50%.d", "%", "%%25", "%zz%41", "100%25 %2", "a%3Fb", "%25zz"]) {
      const url = new URL(`file://${folder}/${name}`);
      Deno.writeTextFileSync(url, name);
      assertEquals(Deno.readTextFileSync(pathOf(url)), name);
    }
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
});

test("pathOf() refuses what is no path", () => {
  assertThrows(() => pathOf(new URL("https://example.com/q")), TypeError, "Not the URL of a file");
  for (const url of ["file://other/run/a", "file:///a%ff"].map((text) => new URL(text))) {
    const ours = assertThrows(() => pathOf(url));
    assertEquals(assertThrows(() => Deno.statSync(url)).name, ours.name);
  }
  assertThrows(() => pathOf(7 as unknown as string), TypeError, "not 7");
});
