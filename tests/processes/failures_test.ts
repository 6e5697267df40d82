import { openDescriptors } from "../../ffi/dirent.ts";
import { ClosedError, SyscallError } from "../../lib/core/mod.ts";
import { pipe } from "../../lib/pipes/mod.ts";
import { captureSync, run, runSync, spawn, type SpawnOptions } from "../../lib/processes/mod.ts";
import { assert, assertEquals, assertThrows, children, count, FORKED, test } from "../support/mod.ts";
import { ENGINES } from "./programs/engines.ts";

/** How a spawn fails: what to start in the folder that `makeFolder` makes, and the error's parts. */
interface Failure {
  command: string[];
  options?: SpawnOptions;
  code: string;
  type?: new () => Error;
  text: string;
  syscall?: string;
  path?: string;
  /** It is execve(2) in the child that fails. */
  executed?: boolean;
}

const FAILURES: Record<string, Failure> = {
  "a program that PATH does not have": {
    command: ["no-such-program"],
    code: "ENOENT",
    type: Deno.errors.NotFound,
    text: 'Cannot spawn "no-such-program": no such file or directory (ENOENT, posix_spawn)',
  },
  "a program of no name": { command: [""], code: "ENOENT", text: 'Cannot spawn "": no such file' },
  "a path that does not exist": {
    command: ["/no/such"],
    code: "ENOENT",
    text: 'Cannot spawn "/no/such": no such file',
    executed: true,
  },
  "a program in a file that is no directory": {
    command: ["./plain/x"],
    code: "ENOTDIR",
    text: 'Cannot spawn "./plain/x"',
    executed: true,
  },
  "a file that is not executable": {
    command: ["./plain"],
    code: "EACCES",
    type: Deno.errors.PermissionDenied,
    text: 'Cannot spawn "./plain": permission denied (EACCES, posix_spawn)',
    executed: true,
  },
  "a file in PATH that is not executable": {
    command: ["plain"],
    code: "EACCES",
    text: 'Cannot spawn "plain"',
  },
  "a directory": { command: ["/tmp"], code: "EACCES", text: 'Cannot spawn "/tmp": permission denied', executed: true },
  "a file that is neither a program nor a script": {
    command: ["./no_format"],
    code: "ENOEXEC",
    text: 'Cannot spawn "./no_format": exec format error (ENOEXEC, posix_spawn)',
    executed: true,
  },
  "such a file in PATH": { command: ["no_format"], code: "ENOEXEC", text: 'Cannot spawn "no_format"', executed: true },
  "a script whose interpreter does not exist": {
    command: ["./no_interpreter"],
    code: "ENOENT",
    text: 'Cannot spawn "./no_interpreter"',
    executed: true,
  },
  "a symbolic link to itself": { command: ["./loop"], code: "ELOOP", text: 'Cannot spawn "./loop"', executed: true },
  "a name that is too long": {
    command: [`./${"x".repeat(300)}`],
    code: "ENAMETOOLONG",
    text: "Cannot spawn",
    executed: true,
  },
  "an argument that is too long": {
    command: ["/bin/true", "x".repeat(3 << 20)],
    code: "E2BIG",
    text: 'Cannot spawn "/bin/true": argument list too long (E2BIG, posix_spawn)',
    executed: true,
  },
  "an environment that is too long": {
    command: ["/bin/true"],
    options: { env: { LONG: "x".repeat(3 << 20) } },
    code: "E2BIG",
    text: 'Cannot spawn "/bin/true"',
    executed: true,
  },
  "a missing working directory": {
    command: ["/bin/true"],
    options: { cwd: "/no/such/folder" },
    code: "ENOENT",
    type: Deno.errors.NotFound,
    text: 'Cannot spawn "/bin/true": enter directory "/no/such/folder": no such file or directory (ENOENT, open)',
    syscall: "open",
    path: "/no/such/folder",
  },
  "a working directory that is a file": {
    command: ["/bin/true"],
    options: { cwd: "/etc/passwd" },
    code: "ENOTDIR",
    text: 'enter directory "/etc/passwd": not a directory',
    syscall: "open",
    path: "/etc/passwd",
  },
};

/** A folder with programs that cannot be executed; the caller removes it. */
async function makeFolder(): Promise<string> {
  const folder = await Deno.makeTempDir();
  await Deno.writeTextFile(`${folder}/plain`, "#!/bin/sh\n", { mode: 0o644 });
  await Deno.writeTextFile(`${folder}/no_format`, "\x01\x02\x03", { mode: 0o755 });
  await Deno.writeTextFile(`${folder}/no_interpreter`, "#!/no/such/interpreter\n", { mode: 0o755 });
  await Deno.symlink("loop", `${folder}/loop`);
  return folder;
}

const CASES = Object.entries(FAILURES).flatMap(([what, failure]) =>
  Object.entries(ENGINES).map(([engine, how]) => ({ what, failure, engine, how }))
);

for (const { what, failure, engine, how } of CASES) {
  test(`spawn() and runSync() say clearly that they cannot start ${what} by ${engine}`, async () => {
    const called = failure.executed ? engine : "posix_spawn";
    const { command, code, type = Error, syscall = called, path = command[0] } = failure;
    const text = failure.text.replace("posix_spawn", called);
    const folder = await makeFolder();
    const options = { cwd: folder, env: { PATH: folder }, ...how, ...failure.options };
    try {
      for (const form of [spawn, runSync]) {
        const error = assertThrows(() => form(command, options), type, text) as SyscallError;
        assert(error instanceof SyscallError);
        assertEquals([error.code, error.syscall, error.path, error.name], [code, syscall, path, "SyscallError"]);
      }
      assertEquals(children().filter((child) => child.includes(" Z ")), []);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  }, { skip: failure.executed && FORKED });
}

test("spawn() says that the file of a program is open for writing", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.copyFile("/bin/true", `${folder}/busy`);
    using _writing = await Deno.open(`${folder}/busy`, { write: true });
    const error = assertThrows(() => spawn([`${folder}/busy`]), Error, "text file busy");
    assertEquals((error as SyscallError).code, "ETXTBSY");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}, { skip: FORKED });

const NUL: Record<string, [string[], SpawnOptions]> = {
  "the program": [["/bin/true\0"], {}],
  "a program to be looked for": [["true\0"], {}],
  "an argument": [["true", "a\0b"], {}],
  "argv0": [["true"], { argv0: "\0" }],
  "the name of a variable": [["true"], { env: { "A\0": "x" } }],
  "the value of a variable": [["true"], { env: { A: "x\0" } }],
  "PATH": [["true"], { env: { PATH: "/bin\0" } }],
  "cwd": [["true"], { cwd: "/tmp\0" }],
  "cwd as a URL": [["true"], { cwd: new URL("file:///tmp%00/x") }],
  "a redirect": [["true"], { stdin: "/dev/null\0" }],
};

for (const [what, [command, options]] of Object.entries(NUL)) {
  test(`spawn() refuses a NUL in ${what}`, async () => {
    assertThrows(() => spawn(command, options), TypeError, "NUL");
    assertThrows(() => runSync(command, options), TypeError, "NUL");
    const error = await run(command, options).catch((error) => error);
    assert(error instanceof TypeError, `${error}`);
  });
}

test("spawn() names a descriptor that is not open", () => {
  for (const options of [{ stdin: 9_999 }, { stderr: 9_999 }, { fds: { 5: 9_999 } }]) {
    const error = assertThrows(() => spawn(["true"], options), Deno.errors.BadResource) as unknown as SyscallError;
    assertEquals(error.message, 'Cannot spawn "true": give it descriptor 9999: bad file descriptor (EBADF, fcntl)');
    assertEquals([error.code, error.syscall, error.fd], ["EBADF", "fcntl", 9_999]);
  }
});

test("spawn() refuses an Fd that was closed, and leaves the others open", () => {
  const { reader, writer } = pipe();
  using _writer = writer;
  reader.close();
  assertThrows(() => spawn(["true"], { stdout: writer, stdin: reader }), ClosedError);
  assert(!writer.closed);
});

test("ten thousand failing spawns leave the same descriptors, and no child", async () => {
  const folder = await makeFolder();
  const open = () => (openDescriptors() as number[]).length;
  const kinds: [string[], SpawnOptions][] = [
    [["no-such-program"], { stdin: "piped", stdout: "piped", stderr: "piped" }],
    [[`${folder}/no_format`], { stdin: "null", fds: { 5: "/dev/null" } }],
    [["true"], { cwd: "/no/such/folder", stdout: "piped" }],
    [["true"], { stdin: "piped", stdout: "/no/such/folder/file" }],
    [["true"], { stdin: "piped", fds: { 7: 9_999 } }],
    [["true", "\0"], { stdout: "piped", env: { A: "B" } }],
  ];
  // The one that execve(2) refuses.
  if (FORKED) kinds.splice(1, 1);
  try {
    const before = open();
    for (let i = 0; i < count(10_000); i++) {
      const [command, options] = kinds[i % kinds.length]!;
      assertThrows(() => i % 2 ? spawn(command, options) : captureSync(command, options));
    }
    assertEquals(open(), before);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
