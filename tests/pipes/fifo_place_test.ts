import { Place } from "../../lib/pipes/fifo_place.ts";
import { mkfifo } from "../../lib/pipes/mod.ts";
import { assertEquals, assertThrows, test } from "../support/mod.ts";
import { FifoFolder } from "./fifo_folder.ts";

const OTHERS: [what: string, make: (path: string) => void | Disposable][] = [
  ["regular file", (path) => Deno.writeTextFileSync(path, "mine")],
  ["directory", (path) => Deno.mkdirSync(path)],
  ["socket", (path) => Deno.listen({ transport: "unix", path })],
  ["character device", (path) => Deno.symlinkSync("/dev/null", path)],
];
for (const [what, make] of OTHERS) {
  test(`Place.of() refuses a ${what}`, () => {
    using folder = new FifoFolder(false);
    using _made = make(folder.path) ?? null;
    assertThrows(() => Place.of(folder.path, "do it", "follow links"), TypeError, `it is no FIFO but a ${what}`);
  });
}

test("Place.of() refuses a link to a FIFO where the file itself is meant", () => {
  using folder = new FifoFolder();
  Deno.symlinkSync(folder.path, `${folder.folder}/link`);
  Place.of(`${folder.folder}/link`, "do it", "follow links")[Symbol.dispose]();
  assertThrows(
    () => Place.of(`${folder.folder}/link`, "do it", "the file itself"),
    TypeError,
    "it is no FIFO but a symbolic link",
  );
});

test("Place stays with its FIFO: what is put in its place is neither opened nor changed", () => {
  using folder = new FifoFolder();
  using place = Place.of(folder.path, "do it", "follow links");
  assertEquals(place.inPlace, true);
  Deno.removeSync(folder.path);
  assertEquals(place.inPlace, false);
  Deno.writeTextFileSync(folder.path, "mine", { mode: 0o600 });
  assertEquals(place.inPlace, false);
  place.changeMode(0o777);
  assertEquals(Deno.statSync(folder.path).mode! & 0o777, 0o600);
  using reader = place.openNow("read");
  using writer = place.openNow("write");
  assertEquals([reader.closed, writer.closed], [false, false]);
  assertEquals(Deno.readTextFileSync(folder.path), "mine");
});

test("Place.inPlace is false where another FIFO has come, and true where it came back", () => {
  using folder = new FifoFolder();
  using place = Place.of(folder.path, "do it", "follow links");
  Deno.renameSync(folder.path, `${folder.folder}/away`);
  mkfifo(folder.path);
  assertEquals(place.inPlace, false);
  Deno.renameSync(`${folder.folder}/away`, folder.path);
  assertEquals(place.inPlace, true);
});
