import { THREAD_NAME } from "../../ffi/threads.ts";
import { assert, assertEquals, EMULATED, repository, sample, test } from "../support/mod.ts";

interface Snapshot {
  fds: string[];
  tasks: string[];
  signals: string[];
}

const areas = [...Deno.readDirSync(repository("lib"))].filter(({ isDirectory }) => isDirectory);
const modules = ["mod.ts", ...areas.map(({ name }) => `lib/${name}/mod.ts`).sort()];

/** What /proc/self says before and after the import of `module`: only a Deno with all permissions may read it. */
async function around(module: string): Promise<[before: Snapshot, after: Snapshot]> {
  const args = ["import_changes_nothing.ts", "nothing.ts"].map((name) => repository(`tests/ffi/programs/${name}`));
  args.splice(1, 0, repository(module));
  const command = new Deno.Command(Deno.execPath(), { args: ["run", "--allow-all", ...args], stderr: "inherit" });
  const lines = new TextDecoder().decode((await command.output()).stdout).trim().split("\n");
  return [JSON.parse(lines.at(-2)!), JSON.parse(lines.at(-1)!)];
}

for (const module of modules) {
  test(`importing ${module} changes no descriptor, thread, mask or disposition`, async () => {
    const [before, after] = await around(module);
    assertEquals(after, before);
  }, { skip: sample(module === "mod.ts") });
}

test("importing mod.ts asks for no permission", async () => {
  const args = ["run", "--no-prompt", repository("tests/ffi/programs/imports_only.ts")];
  const { stdout, stderr } = await new Deno.Command(Deno.execPath(), { args, env: { NO_COLOR: "1" } }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  assertEquals([text(stdout), text(stderr)], ["imported\n", ""]);
});

test("the comparison notices a module that waits, and the signal it keeps", async () => {
  const [before, after] = await around("tests/ffi/programs/uses_everything.ts");
  // qemu-user catches every signal itself, so that /proc does not show which ones the program catches.
  assert(EMULATED || after.signals.join() !== before.signals.join());
  assertEquals(after.fds.length > before.fds.length, true);
  assertEquals(after.tasks.some((task) => task.includes(THREAD_NAME)), true);
});
