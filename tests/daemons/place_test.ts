import { FCNTL } from "../../ffi/abi/fcntl.ts";
import { close } from "../../ffi/unistd.ts";
import { Place } from "../../lib/daemons/place.ts";
import { assert, assertEquals, assertThrows, test } from "../support/mod.ts";

test("Place finds its file again when the folder has moved", () => {
  const folder = Deno.makeTempDirSync();
  using place = new Place(`${folder}/file`, "make");
  Deno.renameSync(folder, `${folder}.moved`);
  const fd = place.open(FCNTL.O_WRONLY | FCNTL.O_CREAT, 0o600);
  assert(fd > 2 && place.isAt(fd));
  assertEquals([...Deno.readDirSync(`${folder}.moved`)].map(({ name }) => name), ["file"]);
  assertEquals([Place.found(place.path), place.remove()], [undefined, 0]);
  assert(!place.isAt(fd) && place.remove() < 0);
  close(fd);
  Deno.removeSync(`${folder}.moved`);
  assertThrows(() => new Place(`${folder}/file`, "make"), Deno.errors.NotFound, `Cannot make "${folder}/file"`);
});
