/** Queues that are gone at the end of a test, and who waits for them. */
import { IPC_PRIVATE, ipcrm, MessageQueue } from "../../mod.ts";
import { until } from "../pipes/fifo_folder.ts";
import { EMULATED } from "../support/mod.ts";
import { numbers, readProc } from "../support/proc.ts";

/** A queue of its own, removed at the end of the block. */
export class OwnQueue extends MessageQueue {
  constructor(maxBytes?: number) {
    super(MessageQueue.create(IPC_PRIVATE).id, IPC_PRIVATE);
    if (maxBytes !== undefined) this.set({ maxBytes });
  }

  /** Fill it with empty messages. */
  fill(type = 1): number {
    let sent = 0;
    while (this.trySend(type, "")) sent++;
    return sent;
  }

  /** All that is in it, as text. */
  texts(): string[] {
    const found: string[] = [];
    for (let message; (message = this.tryReceive()) !== undefined;) found.push(message.text());
    return found;
  }

  override [Symbol.dispose](): void {
    super[Symbol.dispose]();
    try {
      ipcrm("msg", this.id);
    } catch {
      // The test has removed it.
    }
  }
}

/** msgsnd(2) and msgrcv(2) as /proc shows them, of each architecture. */
const CALLS = { send: /^(69|189) /, receive: /^(70|188) / };

/** Until so many threads of this process are in the call. Emulation does not show that. */
export async function blocked(call: keyof typeof CALLS, count = 1): Promise<void> {
  if (EMULATED) return;
  await until(() => {
    const shown = numbers("/proc/self/task").map((tid) => readProc(`/proc/self/task/${tid}/syscall`));
    return shown.filter((line) => CALLS[call].test(line)).length === count;
  });
}
