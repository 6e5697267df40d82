/** FIFOs while system calls fail: strace(1) makes them fail in a program that runs. */
import { assertEquals, deno, denoCommand, repository, test } from "../support/mod.ts";
import { noPtrace, saidUnder } from "../support/strace.ts";
import { FifoFolder, Peer } from "./fifo_folder.ts";

/** What `action` of programs/fifo_injected.ts comes to while the calls of `inject` fail. */
async function injected(action: string, inject: string) {
  using folder = new FifoFolder(false);
  const command = denoCommand(repository("tests/pipes/programs/fifo_injected.ts"), {
    flags: [`--allow-read=${folder.folder}`, `--allow-write=${folder.folder}`],
    args: [action, folder.folder],
  });
  await using subject = new Peer(command[0]!, command.slice(1), "piped");
  await subject.says("READY\n");
  const { text } = await saidUnder(inject, subject);
  return { ...JSON.parse(text.slice(text.indexOf("{"))), files: folder.files };
}

/** The action, what fails, and what comes of it. */
const INJECTIONS: [action: string, inject: string, said: string][] = [
  ["open", "openat:error=EINTR:when=1..4", "hello"],
  ["open", "statx:error=ENOMEM:when=1", "Cannot open FIFO: ENOMEM, statx"],
  ["open", "openat:error=EMFILE:when=1", "Cannot open FIFO: EMFILE, open"],
  ["open", "openat:error=EMFILE:when=2", "Cannot open FIFO: EMFILE, open"],
  ["serve", "mknod,mknodat:error=ENOSPC:when=1", "Cannot create FIFO: ENOSPC, mkfifo"],
  ["serve", "chmod,fchmodat:error=EPERM:when=1", "Cannot create FIFO: EPERM, chmod"],
  ["serve", "mknod,mknodat:error=ENOSPC:when=2", "Cannot create FIFO: ENOSPC, mkfifo"],
  ["serve", "rename,renameat,renameat2:error=EACCES", "Cannot renew FIFO: EACCES, rename"],
  ["serve", "inotify_init1:error=EMFILE", "Cannot watch FIFO: EMFILE, inotify_init1"],
  ["serve", "inotify_add_watch:error=ENOSPC", "Cannot watch FIFO: ENOSPC, inotify_add_watch"],
];

for (const [action, inject, said] of INJECTIONS) {
  test(`FIFO: ${action} under ${inject}: ${said}, and nothing is left behind`, async () => {
    const found = await injected(action, inject);
    assertEquals([found.said, found.left], [said, 0]);
    assertEquals(found.files, action === "open" ? ["fifo"] : []);
  }, { needs: ["strace"], skip: noPtrace() });
}

test("FIFO: opening and serving without free descriptors fails with EMFILE, and nothing is left behind", async () => {
  using folder = new FifoFolder(false);
  const { stdout, stderr } = await deno(repository("tests/pipes/programs/fifo_no_descriptors.ts"), {
    flags: [`--allow-read=${folder.folder}`, `--allow-write=${folder.folder}`],
    args: [folder.folder],
    under: ["prlimit", "--nofile=80"],
  });
  assertEquals(stderr, "");
  assertEquals(JSON.parse(stdout), { wrong: [], done: [true, true, true], left: 0 });
  assertEquals(folder.files, ["fifo"]);
}, { needs: ["prlimit"] });
