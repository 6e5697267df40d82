/** On a terminal: gives a child the foreground, and says whether it had it, and who has it afterwards. */
import { capture, run } from "../../../lib/processes/mod.ts";

const asks = ["sh", "-c", "ps -o pgid=,tpgid= -p $$"];
const numbers = (text: string) => text.match(/-?\d+/g)!.map(Number);
const [group, foreground] = numbers((await capture(asks, { stdin: "inherit", foreground: 0 })).stdout);
// The group that had it is gone now; a program in the background may still ask.
const [own, now] = numbers((await capture(asks)).stdout);
console.log(`in the foreground: ${group === foreground}, itself afterwards: ${own === now}`);
await run(["true"]);
