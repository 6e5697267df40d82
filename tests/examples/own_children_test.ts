/** What the examples are for that run themselves as their own child. */
import { assert, assertEquals, assertMatch, test } from "../support/mod.ts";
import { exampleCommand, launched } from "./launched.ts";

const ROOT = Deno.uid() !== 0 && "needs root, who may become somebody else";

for (const name of ["pipe1", "pipe2"]) {
  test(`pipes/${name} has both processes read what the other one sends`, async () => {
    const { code, stdout, stderr } = await launched(exampleCommand(`pipes/${name}`));
    assertEquals({ code, stderr }, { code: 0, stderr: "" });
    const [, parent, child] = /^Parent Pid (\d+) just read this: 'Child Pid (\d+) is sending this'$/m.exec(stdout)!;
    assertEquals(stdout.split("\n").sort(), [
      "",
      `Child Pid ${child} just read this: 'Parent Pid ${parent} is sending this'`,
      `Parent Pid ${parent} just read this: 'Child Pid ${child} is sending this'`,
    ]);
    assert(parent !== child);
  });
}

/** Run `body` with a folder in which nobody may write. */
async function inFolder(mode: number, body: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.chmod(folder, mode);
    await body(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const input = "line one\nline two\n";

test("pipes/safe_write has its file opened by nobody", async () => {
  await inFolder(0o777, async (folder) => {
    const { code, stdout, stderr } = await launched(exampleCommand("pipes/safe_write", `${folder}/file`), { input });
    assertEquals({ code, stdout, stderr }, { code: 0, stdout: "kid exited 0\n", stderr: "" });
    assertEquals(await Deno.readTextFile(`${folder}/file`), input);
    const { uid, gid } = await Deno.stat(`${folder}/file`);
    assertEquals([uid, gid], [65534, 65534]);
  });
}, { skip: ROOT });

test("pipes/safe_write does not write what only root may write, and says why", async () => {
  await inFolder(0o755, async (folder) => {
    const file = `${folder}/file`;
    const much = "x".repeat(1_000_000);
    const { code, stdout, stderr } = await launched(exampleCommand("pipes/safe_write", file), { input: much });
    assertEquals({ code, stdout }, { code: 1, stdout: "kid exited 1\n" });
    assertMatch(stderr, /^safe_write: Permission denied \(os error 13\): open .*\/file.\n$/);
  });
}, { skip: ROOT });

test("pipes/safe_write takes another user, and refuses one that there is not", async () => {
  await inFolder(0o777, async (folder) => {
    const daemon = await launched(exampleCommand("pipes/safe_write", `${folder}/file`, "daemon"), { input });
    assertEquals([daemon.code, (await Deno.stat(`${folder}/file`)).uid], [0, 1]);
    const none = await launched(exampleCommand("pipes/safe_write", `${folder}/other`, "no_such_user"), { input });
    assertEquals([none.code, none.stderr], [1, 'safe_write: There is no user "no_such_user"\n']);
  });
}, { skip: ROOT });

test("pipes/safe_write is refused without the right to become somebody else", async () => {
  // Another user may not be able to run this Deno, which npx puts into its owner's home.
  const under = ["setpriv", "--bounding-set=-setuid,-setgid", "--inh-caps=-setuid,-setgid"];
  await inFolder(0o777, async (folder) => {
    const command = exampleCommand("pipes/safe_write", `${folder}/file`, "daemon");
    const { code, stdout, stderr } = await launched(command, { input, under });
    assertEquals({ code, stdout }, { code: 1, stdout: "" });
    assertEquals(
      stderr,
      'safe_write: Cannot run "kid" as user "daemon": set groups 1: operation not permitted (EPERM, setgroups)\n',
    );
  });
}, { needs: ["setpriv"], skip: ROOT });
