import { FCNTL } from "../../ffi/abi/fcntl.ts";
import { fcntl } from "../../ffi/fcntl.ts";
import { LockedFile } from "../../lib/locks/locked_file.ts";
import { Fd, SyscallError } from "../../mod.ts";
import { assertEquals, assertThrows, denoSource, sample, test } from "../support/mod.ts";
import { Holder, LockFolder } from "./lock_folder.ts";

/** How it is open. */
function access(file: LockedFile): number {
  return fcntl(file.fd.number, FCNTL.F_GETFL, 0) & FCNTL.O_ACCMODE;
}

test("LockedFile opens for reading and writing, close-on-exec, and for reading alone where that is asked for", () => {
  using folder = new LockFolder();
  using both = LockedFile.open(folder.path, "exclusive", {});
  using reading = LockedFile.open(folder.path, "exclusive", { readOnly: true });
  using directory = LockedFile.open(folder.folder, "exclusive", {});
  assertEquals([both, reading, directory].map(access), [FCNTL.O_RDWR, FCNTL.O_RDONLY, FCNTL.O_RDONLY]);
  for (const { fd } of [both, reading, directory]) {
    assertEquals(fcntl(fd.number, FCNTL.F_GETFD, 0), FCNTL.FD_CLOEXEC);
  }
});

test("LockedFile opens a running program's file for a shared lock, which nobody may write", async () => {
  using folder = new LockFolder();
  const program = `${folder.folder}/cat`;
  Deno.copyFileSync("/bin/cat", program);
  await using _running = new Holder(program, [], "piped");
  using shared = LockedFile.open(program, "shared", {});
  assertEquals(access(shared), FCNTL.O_RDONLY);
  const error = assertThrows(() => LockedFile.open(program, "exclusive", {}), SyscallError);
  assertEquals([error.code, error.message.startsWith(`Cannot lock "${program}": `)], ["ETXTBSY", true]);
});

test("LockedFile closes what it has opened, and no descriptor of the caller's", () => {
  using folder = new LockFolder();
  const opened = LockedFile.open(folder.path, "shared", {});
  const borrowed = LockedFile.open(opened.fd, "shared", {});
  assertEquals(borrowed.name, `descriptor ${opened.fd.number}`);
  borrowed.close();
  assertEquals(opened.fd.closed, false);
  opened.close();
  opened.close();
  assertEquals([opened.fd.closed, borrowed.name], [true, "a descriptor"]);
  assertThrows(() => LockedFile.open(opened.fd, "shared", {}), Deno.errors.BadResource);
  assertEquals(Fd.prototype === Object.getPrototypeOf(opened.fd), true);
});

test("LockedFile.inPlace is false once its file is removed, or another one is at its path", () => {
  using folder = new LockFolder();
  using opened = LockedFile.open(folder.path, "shared", {});
  assertEquals(opened.inPlace, true);
  Deno.renameSync(folder.path, `${folder.folder}/moved`);
  assertEquals(opened.inPlace, false);
  Deno.symlinkSync("moved", folder.path);
  assertEquals(opened.inPlace, true);
  Deno.removeSync(folder.path);
  Deno.writeTextFileSync(folder.path, "another");
  assertEquals(opened.inPlace, false);
});

/** What opening comes to under these permissions. */
async function permitted(flags: (folder: LockFolder) => string[], open: string): Promise<string> {
  using folder = new LockFolder();
  const source = `import * as vasty from "vasty/mod.ts"; const path = ${JSON.stringify(folder.path)};
    try { using lock = await ${open}; console.log(lock?.mode ?? "seen"); }
    catch (error) { console.log(error.name + ": " + error.message.replace(path, "PATH")); }`;
  const { stdout, stderr } = await denoSource(source, { flags: flags(folder) });
  return stderr + stdout.trim();
}

const READ = 'NotCapable: Requires read access to "PATH", run again with the --allow-read flag';
const WRITE = 'NotCapable: Requires write access to "PATH", run again with the --allow-write flag';
const reads = ({ path }: LockFolder) => [`--allow-read=${path}`];
const both = ({ path }: LockFolder) => [`--allow-read=${path}`, `--allow-write=${path}`];
const ROWS: [flags: (folder: LockFolder) => string[], open: string, said: string][] = [
  [both, 'vasty.flock(path, "exclusive")', "exclusive"],
  [both, 'vasty.lockRange(path, "exclusive", { timeout: 9 })', "exclusive"],
  [both, 'vasty.flockSync(path, "shared", { timeout: 9 })', "shared"],
  [() => [], 'vasty.flock(path, "shared")', READ],
  [() => [], 'vasty.testLock(path, "shared")', READ],
  [reads, 'vasty.flock(path, "shared")', WRITE],
  [reads, 'vasty.tryFlock(path, "shared", { create: true, readOnly: true })', WRITE],
  [reads, 'vasty.flock(path, "exclusive", { readOnly: true })', "exclusive"],
  [reads, 'vasty.tryLockRange(path, "shared", { readOnly: true })', "shared"],
  [reads, 'vasty.testLock(path, "exclusive")', "seen"],
  [reads, "vasty.lockHolders(path)", "seen"],
];

test("LockedFile asks for the permissions that opening it would need, and for no others", async () => {
  const found = await Promise.all(ROWS.map(([flags, open]) => permitted(flags, open)));
  assertEquals(found, ROWS.map(([, , said]) => said));
}, { skip: sample(false) });
