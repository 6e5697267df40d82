import { ERRNO } from "../../ffi/abi/errno.ts";
import { FCNTL } from "../../ffi/abi/fcntl.ts";
import { createOrOpen } from "../../lib/sysv/posix_object.ts";
import { PosixMessageQueue, PosixSemaphore, PosixSharedMemory, type PosixStat, SyscallError } from "../../mod.ts";
import { assertEquals, assertThrows, denoSource, sample, test } from "../support/mod.ts";
import { freshName } from "./posix_peer.ts";

const NEW = FCNTL.O_CREAT | FCNTL.O_EXCL;

test("createOrOpen() tells what it has made from what was there, and tries again what has gone in between", () => {
  const answers = (...results: number[]) => {
    const flags: number[] = [];
    return [flags, (wanted: number) => (flags.push(wanted), results.shift()!)] as const;
  };
  const rows: [results: number[], exclusive: boolean, expected: [number, boolean], flags: number[]][] = [
    [[7], false, [7, true], [NEW]],
    [[-ERRNO.EEXIST, 8], false, [8, false], [NEW, 0]],
    [[-ERRNO.EEXIST], true, [-ERRNO.EEXIST, false], [NEW]],
    [[-ERRNO.EEXIST, -ERRNO.ENOENT, 9], false, [9, true], [NEW, 0, NEW]],
    [[-ERRNO.EEXIST, -ERRNO.EACCES], false, [-ERRNO.EACCES, false], [NEW, 0]],
    [[-ERRNO.ENOSPC], false, [-ERRNO.ENOSPC, false], [NEW]],
  ];
  for (const [results, exclusive, [rc, made], flags] of rows) {
    const [asked, open] = answers(...results);
    assertEquals(createOrOpen(exclusive, open), { rc, made });
    assertEquals(asked, flags);
  }
});

/** The three kinds. */
interface Kind {
  create(name: string, options?: { mode?: number; exclusive?: boolean }): Disposable & { created: boolean };
  open(name: string): Disposable & { created: boolean };
  unlink(name: string): void;
}
const KINDS: [name: string, kind: Kind, syscall: string, path: (name: string) => string][] = [
  ["PosixMessageQueue", PosixMessageQueue, "mq", (name) => name],
  ["PosixSemaphore", PosixSemaphore, "sem", (name) => `/dev/shm/sem.${name.slice(1)}`],
  [
    "PosixSharedMemory",
    {
      create: (name, options) => PosixSharedMemory.create(name, 10, options),
      open: (name) => PosixSharedMemory.open(name),
      unlink: (name) => PosixSharedMemory.unlink(name),
    },
    "shm",
    (name) => `/dev/shm${name}`,
  ],
];

for (const [title, kind, syscall] of KINDS) {
  test(`${title}.create() makes one, opens it, or refuses what is there`, () => {
    const name = freshName();
    using made = kind.create(name, { exclusive: true });
    using found = kind.create(name);
    using opened = kind.open(name);
    assertEquals([made.created, found.created, opened.created], [true, false, false]);
    const error = assertThrows(() => kind.create(name, { exclusive: true }), SyscallError);
    assertEquals([error.code, error.syscall, error.path], ["EEXIST", `${syscall}_open`, name]);
    assertEquals(error instanceof Deno.errors.AlreadyExists, true);
    kind.unlink(name);
    for (const use of [() => kind.open(name), () => kind.unlink(name)]) {
      const gone = assertThrows(use, SyscallError);
      assertEquals([gone.code, gone.path, gone instanceof Deno.errors.NotFound], ["ENOENT", name, true]);
    }
    using anew = kind.create(name);
    assertEquals(anew.created, true);
    kind.unlink(name);
  });

  test(`${title}.create() gives it exactly its mode, which is for others as of a file`, async () => {
    const name = freshName();
    const wrong = [0o1000, -1, 1.5, NaN];
    for (const mode of wrong) assertThrows(() => kind.create(name, { mode }), RangeError, "mode");
    const old = Deno.umask(0o077);
    using one = kind.create(name, { mode: 0o664 });
    Deno.umask(old);
    const { stat } = one as unknown as { stat?: () => PosixStat };
    if (stat) assertEquals(stat.call(one), { ...stat.call(one), mode: 0o664, uid: Deno.uid()!, gid: Deno.gid()! });
    kind.unlink(name);
    using secret = kind.create(name, { mode: 0 });
    void secret;
    const refused = await asNobody(`
      import { ${title} } from "vasty/mod.ts";
      const uses = [() => ${title}.open("${name}"), () => ${title}.create("${name}", ${
      title === "PosixSharedMemory" ? 10 : "{}"
    }), () => ${title}.unlink("${name}")];
      for (const use of uses) try { use(); } catch (error) { console.log(error.code, error.syscall); }`);
    if (refused !== undefined) {
      assertEquals(refused, [`EACCES ${syscall}_open`, `EACCES ${syscall}_open`, `EACCES ${syscall}_unlink`]);
    }
    kind.unlink(name);
  }, { skip: sample(title === "PosixMessageQueue") });

  test(`${title} works under --allow-ffi for libc alone`, async () => {
    const name = freshName();
    const { stdout, stderr } = await denoSource(`
      import { ${title} } from "vasty/mod.ts";
      using one = ${title}.create("${name}", ${title === "PosixSharedMemory" ? 10 : "{}"});
      using two = ${title}.open("${name}");
      two.unlink();
      console.log(one.created, two.created);`);
    assertEquals([stderr, stdout], ["", "true false\n"]);
  }, { skip: sample(title === "PosixSemaphore") });
}

/** What a program that has become another user prints, by lines; nothing if this one may not become another. */
async function asNobody(source: string): Promise<string[] | undefined> {
  if (Deno.uid() !== 0) return undefined;
  const drop = `import { setresgid, setresuid } from "vasty/ffi/unistd.ts";
    setresgid(65534, 65534, 65534);
    setresuid(65534, 65534, 65534);`;
  const { stdout, stderr } = await denoSource(drop + source);
  assertEquals(stderr, "");
  return stdout.trimEnd().split("\n");
}
