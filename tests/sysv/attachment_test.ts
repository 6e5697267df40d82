import { ERRNO } from "../../ffi/abi/errno.ts";
import { IPC_PRIVATE, SharedMemory } from "../../mod.ts";
import { known, memoryName } from "../../lib/sysv/attachment.ts";
import { says } from "../signals/subject.ts";
import { assert, assertEquals, assertThrows, denoSource, EMULATED, repository, test } from "../support/mod.ts";
import { injecting, noPtrace } from "../support/strace.ts";

const KEY = 0x8d5a_0010;

test("memory is named by its key, or by its id where it has none", () => {
  assertEquals([memoryName(7, 1234), memoryName(7, 0)], ["shared memory 0x000004d2", "shared memory of id 7"]);
  assertThrows(() => known(-ERRNO.EACCES, "ask", 5), Error, "Cannot ask: permission denied (EACCES, shmctl)");
});

const NOBODY = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"];

/** Why no other user can run a program here. */
function notNobody(): string | false {
  if (Deno.uid() !== 0 || EMULATED) return "only root can start a program of another user";
  const [program, ...args] = [...NOBODY, "test", "-r", repository("mod.ts"), "-a", "-x", Deno.execPath()];
  const readable = new Deno.Command(program!, { args }).outputSync().success;
  return !readable && "another user may not read this repository";
}

test("another user attaches what the mode lets him, and is told what it does not", async () => {
  using memory = SharedMemory.create(KEY, 100, { mode: 0o604 });
  const folder = await Deno.makeTempDir();
  await Deno.chmod(folder, 0o777);
  const [key, denied, not] = [
    "shared memory 0x8d5a0010",
    "permission denied (EACCES, shmat)",
    "operation not permitted",
  ];
  try {
    memory.write("seen");
    await says(
      `
      import { SharedMemory } from "vasty/lib/sysv/mod.ts";
      const attempt = (f) => { try { return f(); } catch (error) { return error.message; } };
      say(attempt(() => SharedMemory.open(${KEY})));
      say(attempt(() => SharedMemory.create(${KEY}, 10)));
      using memory = SharedMemory.create(${KEY}, 10, { readOnly: true });
      say(new TextDecoder().decode(memory.read(4)), memory.stat().uid);
      say(attempt(() => memory.set({ mode: 0o666 })));
      say(attempt(() => memory.remove()));`,
      [
        `Cannot attach ${key}: ${denied}`,
        `Cannot attach ${key}: ${denied}`,
        "seen 0",
        `Cannot change the owner or mode of ${key}: ${not} (EPERM, shmctl)`,
        `Cannot remove ${key}: ${not} (EPERM, shmctl)`,
      ],
      { env: { DENO_DIR: folder }, under: NOBODY },
    );
  } finally {
    memory.remove();
    await Deno.remove(folder, { recursive: true });
  }
}, { needs: ["setpriv"], skip: notNobody() });

for (const [failing, code] of [["shmat", "ENOMEM"], ["shmctl", "EACCES"]] as const) {
  test(`what cannot be attached does not stay: ${failing} fails with ${code}`, async () => {
    const source = `
      import { IPC_PRIVATE, SharedMemory } from "vasty/mod.ts";
      try { SharedMemory.create(IPC_PRIVATE, 100); } catch (error) { console.log(error.code, error.syscall); }`;
    const { stdout } = await denoSource(source, { under: injecting(`${failing}:error=${code}:when=1`) });
    assertEquals(stdout, `${code} ${failing}\n`);
  }, { needs: ["strace"], skip: noPtrace() });
}

test("memory that others remove all the time is made, or found, and never in between", async () => {
  const rounds = EMULATED ? 20 : 300;
  const source = `
    import { SharedMemory } from "vasty/mod.ts";
    for (let i = 0; i < ${rounds}; i++) {
      using memory = SharedMemory.create(${KEY}, 10);
      memory.remove();
    }
    console.log("done");`;
  const ended = await Promise.all([denoSource(source), denoSource(source)]);
  assertEquals(ended.map(({ stdout, stderr }) => stdout + stderr), ["done\n", "done\n"]);
  using memory = SharedMemory.create(IPC_PRIVATE, 1);
  assert(memory.created);
  memory.remove();
});
