/** Locks while system calls fail: strace(1) makes them fail in a program that runs. */
import { assert, assertEquals, deno, denoCommand, repository, test } from "../support/mod.ts";
import { noPtrace, saidUnder } from "../support/strace.ts";
import { Holder, LockFolder } from "./lock_folder.ts";

/** What `action` of programs/lock_injected.ts comes to while the calls of `inject` fail. */
async function injected(action: string, inject: string) {
  using folder = new LockFolder();
  const command = denoCommand(repository("tests/locks/programs/lock_injected.ts"), {
    flags: [`--allow-read=${folder.path}`, `--allow-write=${folder.path}`],
    args: [action, folder.path],
  });
  await using subject = new Holder(command[0]!, command.slice(1), "piped");
  await subject.says("READY\n");
  const { text, injections } = await saidUnder(inject, subject, [folder.path]);
  assertEquals(folder.locks, []);
  return { ...JSON.parse(text.slice(text.indexOf("{"))), injections };
}

/** The action, what fails, and what comes of it. Of fcntl(2) a program makes one call, for Fd, before the lock's. */
const INJECTIONS: [action: string, inject: string, said: string][] = [
  ["try", "flock:error=EINTR:when=1..3", "exclusive"],
  ["wait", "flock:error=EINTR:when=1..4", "exclusive"],
  ["range", "fcntl:error=EINTR:when=2..4", "exclusive"],
  ["waitRange", "fcntl:error=EINTR:when=2..3", "exclusive"],
  ["limit", "flock:error=EINTR:when=2+3", "TimeoutError"],
  ["limitSync", "flock:error=EINTR:when=3..500", "TimeoutError"],
  ["try", "openat:error=EINTR:when=1..3", "exclusive"],
  ["try", "openat:error=EMFILE:when=1", "Cannot lock FILE: too many open files (EMFILE, open)"],
  ["try", "flock:error=ENOLCK", "Cannot lock FILE exclusively: no locks available (ENOLCK, flock)"],
  ["try", "flock:error=EOPNOTSUPP", "Cannot lock FILE exclusively: operation not supported (EOPNOTSUPP, flock)"],
  [
    "range",
    "fcntl:error=EDEADLK:when=2",
    "Cannot lock all bytes of FILE exclusively: resource deadlock avoided (EDEADLK, fcntl)",
  ],
  [
    "range",
    "fcntl:error=ENOLCK:when=2",
    "Cannot lock all bytes of FILE exclusively: no locks available (ENOLCK, fcntl)",
  ],
  ["wait", "statx:error=ENOMEM", "exclusive"],
];

for (const [action, inject, said] of INJECTIONS) {
  test(`locks: ${action} under ${inject}: ${said}, and nothing is left behind`, async () => {
    const found = await injected(action, inject);
    assertEquals([found.said, found.left], [said, 0]);
    assert(found.injections > 0, "nothing has failed");
    if (said === "TimeoutError") assert(found.took >= 299 && found.took < 1_000, `${found.took} ms`);
  }, { needs: ["strace"], skip: noPtrace() });
}

test("locks without free descriptors fail with EMFILE, and nothing is left behind", async () => {
  using folder = new LockFolder();
  const { stdout, stderr } = await deno(repository("tests/locks/programs/lock_no_descriptors.ts"), {
    flags: [`--allow-read=${folder.path}`, `--allow-write=${folder.path}`],
    args: [folder.path],
    under: ["prlimit", "--nofile=80"],
  });
  assertEquals(stderr, "");
  const done = ["0000", "1100", "1110", "1111", "1111"];
  assertEquals(JSON.parse(stdout), { wrong: [], done, left: 0 });
}, { needs: ["prlimit"] });
