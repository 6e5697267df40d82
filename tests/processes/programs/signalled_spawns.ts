/** Starts children by the adaptor while it gets signals that it has handlers for: none of them may run in a child. */
import { run, spawn } from "../../../lib/processes/mod.ts";

const children = Number(Deno.args[0]);
let handled = 0;
Deno.addSignalListener("SIGUSR2", () => handled++);
// Two thousand a second: a storm would leave no time for anything else.
await using sender = spawn(["perl", "-e", `select undef, undef, undef, 0.0005 while kill USR2 => ${Deno.pid}`]);
let right = 0;
for (let i = 0; i < children; i++) {
  const { code } = await run(["sh", "-c", `exit ${i % 200}`], { umask: 0o022, check: false });
  if (code === i % 200) right++;
}
await sender.terminate();
if (handled === 0) throw new Error("no signal came");
console.log(`${right} right`);
