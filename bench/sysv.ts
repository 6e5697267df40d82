/** System V calls beside C's and Perl's, and shared memory beside memcpy(3). */
import { IPC_PRIVATE, MessageBuffer, MessageQueue, SemaphoreSet, SharedMemory } from "../lib/sysv/mod.ts";
import type { Scale } from "./main.ts";
import { type Contender, type Costs, ratio, sideBySide, summary, timed, timedAsync } from "./measure.ts";
import { compiled, numberFrom } from "./peers.ts";
import type { Row } from "./report.ts";

const PERL_SEMOP = `use Time::HiRes "time"; my $n = shift; my $id = semget(0, 1, 0600 | 01000);
  my ($up, $down) = (pack("s!3", 0, 1, 0), pack("s!3", 0, -1, 0)); my $t = time;
  for (1 .. $n / 2) { semop($id, $up) && semop($id, $down) or die }
  print 1e9 * (time - $t) / $n; semctl($id, 0, 0, 0)`;
const PERL_MSG = `use Time::HiRes "time"; my $n = shift; my $id = msgget(0, 0600 | 01000);
  my $text = "x" x 64; my $t = time;
  for (1 .. $n) { msgsnd($id, pack("l! a*", 1, $text), 0) && msgrcv($id, my $got, 64, 0, 0) or die }
  print 1e9 * (time - $t) / $n; msgctl($id, 0, 0)`;

/** Nanoseconds each of `count` calls takes. */
const each = (count: number, body: () => void) => () => 1e6 / count * timed(body);

function semaphoreContenders(program: string, set: SemaphoreSet, count: number): Contender[] {
  const [up, down] = [[{ num: 0, op: 1 }], [{ num: 0, op: -1 }]];
  const half = count / 2;
  return [
    { name: "semop, C", cost: () => numberFrom([program, "semop", `${count}`]) },
    { name: "semop, Perl", cost: () => numberFrom(["perl", "-e", PERL_SEMOP, `${count}`]) },
    {
      name: "tryOp()",
      cost: each(count, () => {
        for (let i = 0; i < half; i++) if (!set.tryOp(up) || !set.tryOp(down)) throw new Error("It would wait");
      }),
    },
    {
      name: "opSync()",
      cost: each(count, () => {
        for (let i = 0; i < half; i++) set.opSync(up), set.opSync(down);
      }),
    },
    {
      name: "await op()",
      cost: async () =>
        1e6 / count * await timedAsync(async () => {
          for (let i = 0; i < half; i++) await set.op(up), await set.op(down);
        }),
    },
  ];
}

function queueContenders(program: string, queue: MessageQueue, count: number): Contender[] {
  const message = new Uint8Array(64).fill(7);
  // As C has it.
  const buffer = new MessageBuffer(64);
  return [
    { name: "msgsnd and msgrcv, C", cost: () => numberFrom([program, "msg", `${count}`]) },
    { name: "msgsnd and msgrcv, Perl", cost: () => numberFrom(["perl", "-e", PERL_MSG, `${count}`]) },
    {
      name: "trySend() and tryReceive()",
      cost: each(count, () => {
        for (let i = 0; i < count; i++) {
          if (!queue.trySend(1, message) || queue.tryReceive()?.bytes.length !== 64) throw new Error("It would wait");
        }
      }),
    },
    {
      name: "sendSync() and receiveSync()",
      cost: each(count, () => {
        for (let i = 0; i < count; i++) queue.sendSync(1, message), queue.receiveSync();
      }),
    },
    {
      name: "sendSync() and receiveIntoSync()",
      cost: each(count, () => {
        for (let i = 0; i < count; i++) {
          queue.sendSync(1, message);
          queue.receiveIntoSync(buffer);
          if (buffer.bytes.length !== 64) throw new Error("It is not whole");
        }
      }),
    },
    {
      name: "await send() and receive()",
      cost: async () =>
        1e6 / count * await timedAsync(async () => {
          for (let i = 0; i < count; i++) await queue.send(1, message), await queue.receive();
        }),
    },
  ];
}

/** GiB/s. */
function memoryContenders(program: string, memory: SharedMemory): Contender[] {
  const own = new Uint8Array(memory.size).fill(2);
  const rate = (ms: number) => 10 * memory.size / 2 ** 30 / (ms / 1_000);
  const ten = (copy: () => void) => () =>
    rate(timed(() => {
      for (let i = 0; i < 10; i++) copy();
    }));
  memory.write(own);
  return [
    { name: "memcpy to shared memory, C", cost: () => numberFrom([program, "write", `${memory.size}`]) },
    { name: "memcpy from shared memory, C", cost: () => numberFrom([program, "read", `${memory.size}`]) },
    { name: "write()", cost: ten(() => memory.write(own)) },
    { name: "readInto()", cost: ten(() => void memory.readInto(own)) },
  ];
}

function timeRows(costs: Costs, contenders: readonly Contender[], least: string): Row[] {
  const [c, perl] = [contenders[0]!.name, contenders[1]!.name];
  return contenders.flatMap(({ name }, i): Row[] => {
    const row: Row = { what: name, measured: summary(costs.get(name)!), unit: "ns" };
    if (i < 2) return [row];
    const compared: Row = {
      what: `${name} in terms of C`,
      measured: ratio(costs, name, c),
      unit: "times",
      goal: name === least ? { most: 1.25 } : undefined,
      note: `${ratio(costs, name, perl).median.toFixed(2)} times Perl's`,
    };
    return [row, compared];
  });
}

export async function sysvRows({ rounds, share }: Scale): Promise<Row[]> {
  using program = compiled("sysv.c");
  using set = SemaphoreSet.create(IPC_PRIVATE, 1);
  using queue = MessageQueue.create(IPC_PRIVATE);
  using memory = SharedMemory.create(IPC_PRIVATE, 64 * 2 ** 20);
  try {
    const count = 2 * Math.max(100, Math.round(250_000 * share));
    const semaphores = semaphoreContenders(program.path, set, count);
    const queues = queueContenders(program.path, queue, count);
    const semaphoreCosts = await sideBySide(semaphores, rounds);
    const queueCosts = await sideBySide(queues, rounds);
    const rates = await sideBySide(memoryContenders(program.path, memory), rounds);
    const copy = (ours: string, theirs: string): Row => ({
      what: `${ours} of 64 MiB in terms of memcpy(3)`,
      measured: ratio(rates, ours, theirs),
      unit: "times",
      goal: { least: 0.9 },
      note: `${summary(rates.get(ours)!).median.toFixed(1)} GiB/s`,
    });
    return [
      ...timeRows(semaphoreCosts, semaphores, "opSync()"),
      ...timeRows(queueCosts, queues, "sendSync() and receiveIntoSync()"),
      copy("write()", "memcpy to shared memory, C"),
      copy("readInto()", "memcpy from shared memory, C"),
    ];
  } finally {
    for (const object of [set, queue, memory]) object.remove();
  }
}
