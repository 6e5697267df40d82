/** Prints which signals the thread of a worker blocks. */
import { bind } from "../../../ffi/bind.ts";
import { THREAD_NAME } from "../../../ffi/threads.ts";
import { offload } from "../../../ffi/workers.ts";

// Its own number, from the thread itself; one thread is kept, so the next calls are made on it.
const thread = await offload(bind("gettid", [], "int"), []).result;
const { stdout } = await new Deno.Command("cat", { args: [`/proc/${Deno.pid}/task/${thread}/status`] }).output();
const status = new TextDecoder().decode(stdout);
if (!status.includes(THREAD_NAME)) throw new Error(status);
console.log(/^SigBlk:\s*(\w+)$/m.exec(status)![1]);
