/** Closes the descriptors of its further arguments and uses children in every way; the report goes to the first. */
import { close } from "../../../ffi/unistd.ts";
import { capture, captureSync, lines, run, spawn, type SyscallError } from "../../../mod.ts";
import { listDescriptors, parseDescriptors } from "./reports.ts";

const [report, ...closed] = Deno.args;
for (const fd of closed) close(Number(fd));
const child = `${report}.child`;
const numbers = () => [...parseDescriptors(Deno.readTextFileSync(child)).keys()].join(" ");

const echoed = (await capture(["cat"], { input: "hello" })).stdout;
const sync = captureSync(["cat"], { input: "hello" }).stdout;
await run(listDescriptors(child));
const standard = numbers();
await run(listDescriptors(child), { stdin: "null", stdout: "null", fds: { 3: "/dev/null", 4: "/dev/zero" } });
const further = numbers();
const seen = await Array.fromAsync(lines(["printf", "a\\nb\\n"], { input: "", stderr: "piped" }));
let failure = "";
try {
  spawn(["no-such-program"]);
} catch (error) {
  failure = (error as SyscallError).code;
}
Deno.writeTextFileSync(report!, JSON.stringify({ echoed, sync, standard, further, lines: seen.join(" "), failure }));
