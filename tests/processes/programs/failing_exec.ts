/** Tries to exec() in every way that fails, and prints what changed; its argument is an empty folder. */
import { capture, exec, type ExecOptions, pipe, type SyscallError } from "../../../mod.ts";
import { snapshot } from "./snapshot.ts";

const [folder] = Deno.args;
Deno.writeTextFileSync(`${folder}/plain`, "#!/bin/sh\n");
Deno.writeTextFileSync(`${folder}/no_format`, "\x01", { mode: 0o755 });
const { reader, writer } = pipe();
using _file = Deno.openSync("/etc/passwd");
const closed = pipe();
closed.reader.close();

const FAILURES: Record<string, [string[], ExecOptions?]> = {
  ENOENT: [["no-such-program"], { keep: [reader], cwd: "/tmp", env: { A: "1" } }],
  EACCES: [[`${folder}/plain`], { keep: [reader, writer.number], cwd: folder }],
  ENOEXEC: [[`${folder}/no_format`], { argv0: "x", clearEnv: true }],
  E2BIG: [["/bin/true", "x".repeat(3 << 20)], { keep: [writer] }],
  EBADF: [["/bin/true"], { keep: [reader, 9_999] }],
  ENOTDIR: [["/bin/true"], { keep: [reader], cwd: "/etc/passwd" }],
  "missing cwd": [["/bin/true"], { keep: [reader], cwd: "/no/such/folder" }],
  "a NUL": [["true", "\0"], { keep: [reader], cwd: "/tmp" }],
  "a NUL in cwd": [["true"], { keep: [reader], cwd: "/tmp\0" }],
  "a closed Fd": [["true"], { keep: [reader, closed.reader], cwd: "/tmp" }],
  "no command": [[], { keep: [reader], cwd: "/tmp" }],
};

for (const [name, [command, options]] of Object.entries(FAILURES)) {
  const before = snapshot();
  let said = "nothing";
  try {
    exec(command, options);
  } catch (error) {
    const { code, syscall, path, fd } = error as SyscallError;
    said = code === undefined ? (error as Error).name : [code, syscall, path ?? fd].join(" ");
  }
  const same = snapshot() === before;
  console.log(`${name}: ${said.replaceAll(folder!, "/folder")}${same ? "" : ", and something is not as it was"}`);
}
const { stdout } = await capture(["cat"], { input: "still here" });
console.log(stdout);
