// permissions: --allow-ffi={libc}
/**
 * `msg`: sends a message to a queue of its own and receives it; `okay` if it is the same, else `not okay` and exit 1.
 */
import { IPC_PRIVATE, MessageQueue } from "../../lib/sysv/mod.ts";
import { print, run, UsageError } from "../program.ts";

const LONGEST = 60;

async function msg(args: string[]): Promise<number> {
  if (args.length > 0) throw new UsageError();
  using queue = MessageQueue.create(IPC_PRIVATE, { mode: 0o600 });
  try {
    const sent = "message";
    await queue.send(1234, sent);
    const received = await queue.receive({ maxSize: LONGEST });
    const okay = received.text() === sent && received.type === 1234;
    print(okay ? "okay" : "not okay");
    return okay ? 0 : 1;
  } finally {
    queue.remove();
  }
}

await run({ name: "msg", usage: "", main: msg });
