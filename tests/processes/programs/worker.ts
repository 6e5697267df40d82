/** A Web Worker that uses children in every way and reports, with one still running when it is terminated. */
import { capture, captureSync, lines, run, spawn } from "../../../lib/processes/mod.ts";

const { stdout: text } = await capture(["echo", "hello"]);
const { stdout: sync } = captureSync(["echo", "hello again"]);
const { code } = await run(["sh", "-c", "exit 7"], { check: false });
let line = "";
for await (line of lines(["yes"])) break;
const late = await run(["sleep", "60"], { timeout: 20 }).then(() => "", (error) => error.name);
// Its standard input ends with this thread's pipe, so it does not outlive the program.
const child = spawn(["cat"], { stdin: "piped", stdout: "piped" });
const running = child.kill("CONT");
(globalThis as unknown as { postMessage(data: unknown): void }).postMessage({ text, sync, code, line, late, running });
