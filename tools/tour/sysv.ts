/** What processes share: memory, semaphores, queues, and what is made of them. */
import {
  array,
  Channel,
  IPC_PRIVATE,
  MessageQueue,
  messageQueues,
  Mutex,
  PosixMessageQueue,
  SemaphoreSet,
  shared,
  SharedMemory,
  struct,
} from "../../lib/sysv/mod.ts";
import { failure, must, since, type Step } from "./step.ts";

/** Use what `create` has made, and remove it. */
async function removed<T extends Disposable & { remove(): void }>(
  object: T,
  use: (object: T) => string | Promise<string>,
): Promise<string> {
  using used = object;
  try {
    return await use(used);
  } finally {
    used.remove();
  }
}

function words(memory: SharedMemory): string {
  const point = memory.struct(struct({ x: "i32", y: "f64", tags: array("u8", 4) }), 64);
  point.y = 0.5;
  must(new Float64Array(memory.read(8, 72).buffer)[0] === 0.5, "y is not where C has it");
  memory.store(0, 41);
  must(memory.add(0, 1) === 41 && memory.load(0) === 42, "the sum is wrong");
  return "read, written, laid out as C does, added to as one";
}

async function units(set: SemaphoreSet): Promise<string> {
  must(!set.tryOp([{ num: 0, op: -1 }, { num: 1, op: -1 }]), "it took what is not there");
  must(`${set.getAll()}` === "1,0", "a part was taken");
  const abort = new AbortController();
  const waiting = failure(() => set.acquire(1, { signal: abort.signal }));
  abort.abort();
  must((await waiting).name === "AbortError", "it was not aborted");
  set.release(1);
  must(set.tryAcquire(1), "the aborted wait took the unit");
  return "all or nothing; what gave up took nothing";
}

async function typed(queue: MessageQueue): Promise<string> {
  for (const [type, word] of [[3, "third"], [1, "first"], [2, "second"]] as const) await queue.send(type, word);
  const order: string[] = [];
  for (const type of [-2, 3, 0]) order.push((await queue.receive({ type })).text());
  must(`${order}` === "first,third,second", `${order}`);
  const { creatorUid } = queue.stat();
  must(messageQueues().some(({ id }) => id === queue.id), "messageQueues() does not list it");
  return `by type as Perl means it; of user ${creatorUid}`;
}

async function handedOver(mutex: Mutex): Promise<string> {
  const guard = await mutex.lock();
  must(mutex.tryLock() === undefined && mutex.holder() === Deno.pid, "it is not held");
  const waiting = mutex.lock({ timeout: 5_000 });
  const start = performance.now();
  guard.unlock();
  using next = await waiting;
  must(next.abandoned === undefined, "nobody has died");
  return `handed over in ${since(start)}`;
}

async function variable(): Promise<string> {
  const key = 0x7674_0000 + (Deno.pid & 0xffff);
  return await removed(await shared(key, struct({ count: "u32" }), { exclusive: true }), async (state) => {
    await Promise.all(Array.from({ length: 50 }, () => state.update((value) => void value.count++)));
    const wrong = await failure(() =>
      state.update((value) => {
        value.count = 7;
        throw new Error("changed my mind");
      })
    );
    must(wrong.message === "changed my mind" && state.read().count === 50, Deno.inspect(state.read()));
    return "50 changes at once counted; one that threw changed nothing";
  });
}

async function channelOf(channel: Channel): Promise<string> {
  using reader = channel.reader();
  const writer = channel.writer();
  const start = performance.now();
  const sending = (async () => {
    for (let i = 0; i < 10_000; i++) await writer.send(`${i}`);
    await writer.close();
  })();
  let count = 0;
  for await (const message of reader) must(new TextDecoder().decode(message) === `${count++}`, "out of order");
  await sending;
  must(count === 10_000, `${count} of 10000`);
  return `10000 messages in order in ${since(start)}, and then the end`;
}

async function posixQueue(): Promise<string> {
  const name = `/vasty-tour-${Deno.pid}`;
  using queue = PosixMessageQueue.create(name, { exclusive: true, maxMessages: 4, messageSize: 16 });
  try {
    queue.trySend("later", { priority: 1 });
    queue.trySend("first", { priority: 9 });
    must((await queue.receive()).text() === "first" && (await queue.receive()).text() === "later", "not by priority");
    return "a POSIX queue: the higher priority first";
  } finally {
    queue.unlink();
  }
}

/** In the order in which they are shown. */
export const sysv: Step[] = [
  { area: "sysv", title: "shared memory", run: () => removed(SharedMemory.create(IPC_PRIVATE, 4_096), words) },
  {
    area: "sysv",
    title: "semaphores",
    run: () => removed(SemaphoreSet.create(IPC_PRIVATE, 2, { initial: [1, 0] }), units),
  },
  { area: "sysv", title: "message queues", run: () => removed(MessageQueue.create(IPC_PRIVATE), typed) },
  { area: "sysv", title: "a mutex", run: () => removed(Mutex.create(IPC_PRIVATE), handedOver) },
  { area: "sysv", title: "a shared variable", run: variable },
  { area: "sysv", title: "a channel", run: () => removed(Channel.create(IPC_PRIVATE), channelOf) },
  { area: "sysv", title: "POSIX objects", run: posixQueue },
];
