// permissions: --allow-ffi={libc}
/**
 * `shm`: writes a message to shared memory of its own, reads it back with the zeros behind it, and removes the memory.
 */
import { IPC_PRIVATE, SharedMemory } from "../../lib/sysv/mod.ts";
import { print, run, UsageError } from "../program.ts";

const SIZE = 2_000;
const READ = 60;

function shm(args: string[]): Promise<void> {
  if (args.length > 0) throw new UsageError();
  using memory = SharedMemory.create(IPC_PRIVATE, SIZE, { mode: 0o600 });
  try {
    print(`shm key ${memory.id}`);
    const message = "Message #1";
    memory.write(message);
    print(`wrote: '${message}'`);
    const read = new TextDecoder().decode(memory.read(READ));
    print(`read : '${read}'`);
    print(read.slice(0, read.indexOf("\0")) === message ? "swell" : "unswell");
  } finally {
    print(`deleting shm ${memory.id}`);
    memory.remove();
  }
  return Promise.resolve();
}

await run({ name: "shm", usage: "", main: shm });
