import { PosixMessageQueue, SyscallError } from "../../mod.ts";
import { assertEquals, assertThrows, denoSource, EMULATED, test } from "../support/mod.ts";
import { linkOf, numbers, readProc } from "../support/proc.ts";
import { says } from "../signals/subject.ts";
import { freshName } from "./posix_peer.ts";

const NO_NOTIFY = EMULATED && "emulation has no mq_notify";

test("PosixQueueHandle has one descriptor, close-on-exec and without blocking, which is gone when it is closed", () => {
  const name = freshName();
  const queue = PosixMessageQueue.create(name);
  queue.unlink();
  const open = () => numbers("/proc/self/fd").filter((fd) => linkOf(`/proc/self/fd/${fd}`).startsWith(name));
  assertEquals(open(), [queue.number]);
  const flags = parseInt(/^flags:\s*(\d+)/m.exec(readProc(`/proc/self/fdinfo/${queue.number}`))![1]!, 8);
  assertEquals([flags & 0o2000000, flags & 0o4000], [0o2000000, 0o4000]);
  queue.close();
  assertEquals(open(), []);
});

test("PosixQueueHandle stays out of the standard three, where they are closed", async () => {
  const { stdout, stderr } = await denoSource(
    `import { PosixMessageQueue } from "vasty/mod.ts";
    import { close } from "vasty/ffi/unistd.ts";
    close(0);
    using queue = PosixMessageQueue.create("${freshName()}");
    queue.unlink();
    queue.sendSync("x");
    console.log(queue.number > 2, queue.receiveSync().text());`,
  );
  assertEquals([stderr, stdout], ["", "true x\n"]);
});

test("PosixQueueHandle.stat() tells how many messages there are", async () => {
  const name = freshName();
  using queue = PosixMessageQueue.create(name, { maxMessages: 2, messageSize: 5, mode: 0o620 });
  queue.unlink();
  const stat = { maxMessages: 2, messageSize: 5, uid: Deno.uid()!, gid: Deno.gid()!, mode: 0o620 };
  assertEquals(queue.stat(), { ...stat, messages: 0 });
  await queue.send("x");
  assertEquals(queue.stat(), { ...stat, messages: 1 });
});

test("PosixQueueHandle.notify() sends one signal for a message into the empty queue, with its value", async () => {
  await says(
    `
    const { PosixMessageQueue } = await import("vasty/mod.ts");
    await settled();
    using queue = PosixMessageQueue.create("${freshName()}");
    queue.unlink();
    const came = [];
    SIG["RTMIN+2"] = (info) => came.push(info);
    SIG.USR1 = (info) => came.push(info);
    queue.notify("RTMIN+2", { value: -7 });
    queue.sendSync("one");
    queue.sendSync("two");
    await until(() => came.length === 1);
    say(came[0].signal, came[0].code, came[0].value);
    queue.notify("SIGUSR1"); // not empty: only the next message into the empty queue counts
    queue.receiveSync();
    queue.receiveSync();
    say(came.length);
    queue.sendSync("three");
    await until(() => came.length === 2);
    say(came[1].signal, came[1].value);
    queue.receiveSync();
    queue.notify("SIGUSR1");
    queue.notify(null);
    queue.sendSync("four");
    dispatchSignals();
    say(came.length);
    SIG["RTMIN+2"] = SIG.USR1 = "DEFAULT";`,
    ["SIGRTMIN+2 message queue -7", "1", "SIGUSR1 0", "2"],
  );
}, { skip: NO_NOTIFY });

test("PosixQueueHandle.notify() is for one process at a time", async () => {
  const name = freshName();
  using queue = PosixMessageQueue.create(name);
  queue.notify("SIGUSR2");
  const { stdout, stderr } = await denoSource(`
    import { PosixMessageQueue } from "vasty/mod.ts";
    using queue = PosixMessageQueue.open("${name}");
    try { queue.notify("SIGUSR2"); } catch (error) { console.log(error.code, error.syscall); }`);
  assertEquals([stderr, stdout], ["", "EBUSY mq_notify\n"]);
  queue.notify(null);
  queue.notify("USR2");
  const error = assertThrows(() => queue.notify("USR2"), SyscallError);
  assertEquals(error.code, "EBUSY");
  for (const signal of ["SIGNONE", 0, 65]) assertThrows(() => queue.notify(signal), TypeError);
  for (const value of [2 ** 31, 1.5]) assertThrows(() => queue.notify("USR2", { value }), RangeError);
  queue.notify(null);
  queue.unlink();
}, { skip: NO_NOTIFY });
