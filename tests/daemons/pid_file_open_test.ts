/** Whose file is taken over; pid_file_test.ts has the rest. */
import { PidFile, PidFileError } from "../../lib/daemons/mod.ts";
import { assert, assertEquals, assertMatch, assertThrows, denoSource, test } from "../support/mod.ts";

const NOBODY = 65_534;

/** A pid file that a daemon has left, which everybody may write. */
function leftOver(): { folder: string; path: string; inode: number | null } {
  const folder = Deno.makeTempDirSync();
  const path = `${folder}/d.pid`;
  Deno.writeTextFileSync(path, "1234567890\n");
  Deno.chmodSync(path, 0o666);
  return { folder, path, inode: Deno.statSync(path).ino };
}

test("PidFile.create() replaces a file that others may write, and could have open", () => {
  const { folder, path, inode } = leftOver();
  {
    using others = Deno.openSync(path, { write: true });
    using _file = PidFile.create(path);
    others.writeSync(new TextEncoder().encode("77\n"));
    assertEquals([Deno.readTextFileSync(path), Deno.statSync(path).mode! & 0o777], [`${Deno.pid}\n`, 0o644]);
    assert(Deno.statSync(path).ino !== inode);
  }
  // It is what its maker wants, and is not made again and again.
  PidFile.create(path, { mode: 0o666 }).remove();
  Deno.removeSync(folder, { recursive: true });
});

test("PidFile.create() takes over a file of its own", () => {
  const { folder, path, inode } = leftOver();
  Deno.chmodSync(path, 0o664);
  {
    using _file = PidFile.create(path);
    assertEquals([Deno.readTextFileSync(path), Deno.statSync(path).ino], [`${Deno.pid}\n`, inode]);
  }
  Deno.removeSync(folder, { recursive: true });
});

test("PidFile.create() leaves a file alone that others may write and have locked, or that is no pid file", () => {
  const { folder, path, inode } = leftOver();
  {
    using others = Deno.openSync(path, { write: true });
    others.lockSync(true);
    assertThrows(() => PidFile.create(path), PidFileError, "is running already");
  }
  Deno.writeTextFileSync(path, "a list\n");
  assertThrows(() => PidFile.create(path), PidFileError, "something else than a process id");
  assertEquals(Deno.statSync(path).ino, inode);
  Deno.removeSync(folder, { recursive: true });
});

test("PidFile.create() replaces another user's file, or is refused where it may not", async () => {
  const { folder, path } = leftOver();
  Deno.chmodSync(folder, 0o1777);
  const source = `
    import { PidFile } from "vasty/lib/daemons/mod.ts";
    import { dropPrivileges } from "vasty/lib/processes/mod.ts";
    dropPrivileges({ user: "nobody" });
    try { PidFile.create(Deno.args[0]) } catch (error) { console.log(error.reason, error.message) }`;
  const flags = ["--allow-sys=uid,gid", "--allow-read", "--allow-write"];
  const { stdout } = await denoSource(source, { args: [path], flags });
  assertMatch(stdout, /^foreign Cannot make ".*d\.pid": it is there, and others may write it\n$/);
  Deno.chmodSync(path, 0o644);
  Deno.chownSync(path, NOBODY, NOBODY);
  {
    using _file = PidFile.create(path);
    assertEquals(Deno.statSync(path).uid, 0);
  }
  Deno.removeSync(folder, { recursive: true });
}, { skip: Deno.uid() !== 0 && "only root may become another user" });
