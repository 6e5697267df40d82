/** Tries the same with Deno.Command and with the library, and prints what either says; its argument is a folder. */
import { capture, captureSync, exec, shell, spawn } from "../../../mod.ts";

const [folder] = Deno.args;
type Options = { cwd?: string; env?: Record<string, string> };

const CASES: Record<string, [string[], Options?]> = {
  "echo": [["echo", "x"]],
  "cat": [["cat", "/dev/null"]],
  "/bin/echo": [["/bin/echo", "x"]],
  "/usr/bin/echo": [["/usr/bin/echo", "x"]],
  "/bin/cat": [["/bin/cat", "/dev/null"]],
  "another echo in the child's PATH": [["echo", "x"], { env: { PATH: `${folder}` } }],
  "another echo by its path": [[`${folder}/echo`]],
  "another echo in the child's directory": [["./echo"], { cwd: folder }],
  "the shell": [["/bin/sh", "-c", ":"]],
  "LD_PRELOAD": [["echo", "x"], { env: { LD_PRELOAD: "/none" } }],
  "LD_LIBRARY_PATH": [["echo", "x"], { env: { LD_LIBRARY_PATH: "/none" } }],
  "DYLD_INSERT_LIBRARIES": [["echo", "x"], { env: { DYLD_INSERT_LIBRARIES: "/none" } }],
};

/** What happened: "ran", Deno's words for a missing permission, or that it was allowed and failed. */
async function outcome(body: () => unknown): Promise<string> {
  try {
    await body();
    return "ran";
  } catch (error) {
    return error instanceof Deno.errors.NotCapable ? error.message : "allowed, and failed";
  }
}

const theirs: Record<string, string> = {};
const ours: Record<string, string> = {};
for (const [name, [[program, ...args], options]] of Object.entries(CASES)) {
  theirs[name] = await outcome(() => new Deno.Command(program!, { args, ...options }).output());
  const command = [program!, ...args];
  const forms = [
    () => spawn(command, { ...options, stdin: "null", stdout: "null", stderr: "null" }).status,
    () => capture(command, { ...options, check: false }),
    () => captureSync(command, { ...options, check: false }),
  ];
  const found = new Set<string>();
  for (const form of forms) found.add(await outcome(form));
  // What may run must not: it would replace this program.
  const refused = await outcome(() => exec([...command, "\0"], options));
  if (refused !== "allowed, and failed") found.add(refused);
  ours[name] = [...found].join(" | ");
}
const viaShell = await outcome(() => capture(shell("echo x")));
console.log(JSON.stringify({ theirs, ours, viaShell }));
