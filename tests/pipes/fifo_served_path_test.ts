import { SyscallError } from "../../lib/core/mod.ts";
import { letGo, ServedPath } from "../../lib/pipes/fifo_served_path.ts";
import { Place } from "../../lib/pipes/fifo_place.ts";
import { isFifo, mkfifo } from "../../lib/pipes/mod.ts";
import { assert, assertEquals, assertThrows, test, within } from "../support/mod.ts";
import { FifoFolder } from "./fifo_folder.ts";

const inode = (path: string) => Deno.lstatSync(path).ino;
const limit = () => AbortSignal.timeout(within(20_000));

test("ServedPath makes its FIFO, takes over one that is there, and refuses anything else", () => {
  using folder = new FifoFolder(false);
  const first = new ServedPath(folder.path, 0o640);
  assertEquals(Deno.statSync(folder.path).mode! & 0o777, 0o640);
  const made = inode(folder.path);
  const second = new ServedPath(folder.path, 0o700);
  assertEquals(inode(folder.path), made);
  second.leave();
  first.leave();
  assertEquals(folder.files, []);
  for (const make of [Deno.mkdirSync, (path: string) => Deno.symlinkSync("/etc/passwd", path)]) {
    make(folder.path);
    const error = assertThrows(() => new ServedPath(folder.path, 0o700), SyscallError);
    assertEquals([error.code, error.path], ["EEXIST", folder.path]);
    Deno.removeSync(folder.path);
  }
});

test("ServedPath.renew() puts a fresh FIFO of its mode there, and nothing beside it", async () => {
  using folder = new FifoFolder(false);
  const served = new ServedPath(folder.path, 0o606);
  await using reader = folder.shell('exec cat < "$0"');
  using fd = (await served.accept(limit()))!;
  const before = inode(folder.path);
  letGo(served.renew()!);
  assert(inode(folder.path) !== before && isFifo(folder.path));
  assertEquals(Deno.statSync(folder.path).mode! & 0o777, 0o606);
  assertEquals(folder.files, ["fifo"]);
  fd.close();
  assertEquals(await reader.text(), "");
  served.leave();
});

test("ServedPath.renew() and leave() touch nothing that somebody else has put there", () => {
  using folder = new FifoFolder(false);
  const served = new ServedPath(folder.path, 0o700);
  Deno.removeSync(folder.path);
  Deno.writeTextFileSync(folder.path, "mine");
  assertEquals(served.renew(), undefined);
  served.leave();
  assertEquals([folder.files, Deno.readTextFileSync(folder.path)], [["fifo"], "mine"]);
});

const LOSSES: [what: string, lose: (path: string) => void][] = [
  ["removed", (path) => Deno.removeSync(path)],
  ["moved away", (path) => Deno.renameSync(path, `${path}.away`)],
  ["replaced by another FIFO", (path) => {
    mkfifo(`${path}.new`);
    Deno.renameSync(`${path}.new`, path);
  }],
];
for (const [what, lose] of LOSSES) {
  test(`ServedPath.accept() notices that its FIFO is ${what}, and the next call has one again`, async () => {
    using folder = new FifoFolder(false);
    const served = new ServedPath(folder.path, 0o700);
    const accepting = served.accept(limit());
    // A change of mode is no loss.
    Deno.chmodSync(folder.path, 0o600);
    await new Promise((resolve) => setTimeout(resolve, 0));
    lose(folder.path);
    assertEquals(await accepting, undefined);
    const again = served.accept(limit());
    await using _reader = folder.shell('exec cat < "$0"');
    (await again)!.close();
    served.leave();
  });
}

test("letGo() lets a reader that still waits see an end", async () => {
  using folder = new FifoFolder();
  const place = Place.of(folder.path, "do it", "follow links");
  await using reader = folder.shell('echo READY; exec cat < "$0"');
  await reader.says("READY");
  // That it has come to its open is not announced; the first letGo() may be too early for it.
  const reading = reader.text().then(() => true);
  while (!await Promise.race([reading, new Promise((resolve) => setTimeout(resolve, 1, false))])) {
    letGo(Place.of(folder.path, "do it", "follow links"));
  }
  letGo(place);
});
