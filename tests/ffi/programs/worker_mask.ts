/** Prints which signals the thread of a worker blocks: as it is told itself, and as /proc shows them. */
import { SIGSET_SIZE } from "../../../ffi/abi/signal.ts";
import { bind } from "../../../ffi/bind.ts";
import { Block } from "../../../ffi/memory.ts";
import { THREAD_NAME } from "../../../ffi/threads.ts";
import { offload } from "../../../ffi/workers.ts";

// Its own number, from the thread itself; one thread is kept, so the next calls are made on it.
const thread = await offload(bind("gettid", [], "int"), []).result;
const { stdout } = await new Deno.Command("cat", { args: [`/proc/${Deno.pid}/task/${thread}/status`] }).output();
const status = new TextDecoder().decode(stdout);
if (!status.includes(THREAD_NAME)) throw new Error(status);
using mask = new Block(SIGSET_SIZE);
const rc = await offload(bind("pthread_sigmask", ["int", "address", "address"], "code"), [0, 0, mask.address]).result;
if (rc < 0) throw new Error(`pthread_sigmask: ${rc}`);
const asked = new DataView(mask.get(new Uint8Array(8)).buffer).getBigUint64(0, true);
console.log(asked.toString(16).padStart(16, "0"), /^SigBlk:\s*(\w+)$/m.exec(status)![1]);
