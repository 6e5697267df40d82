import { SIGNAL } from "../../ffi/abi/signal.ts";
import { kill } from "../../ffi/signal.ts";
import { queueName } from "../../lib/sysv/queue_errors.ts";
import { wantedOf } from "../../lib/sysv/queue_incoming.ts";
import { NO_LIMIT, QueueTransfer } from "../../lib/sysv/queue_transfer.ts";
import { ClosedError, MessageQueue, sigaction, type SyscallError } from "../../mod.ts";
import {
  assert,
  assertEquals,
  assertRejects,
  assertThrows,
  denoSource,
  EMULATED,
  killPrinted,
  test,
  within,
} from "../support/mod.ts";
import { readProc } from "../support/proc.ts";
import { injecting, noPtrace } from "../support/strace.ts";
import { Peer, until } from "../pipes/fifo_folder.ts";
import { blocked, OwnQueue } from "./queues.ts";

const isTimeout = (error: unknown) => error instanceof DOMException && error.name === "TimeoutError";

/** What a promise is rejected with, however late that is looked at. */
function rejection(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(() => "it was resolved", (error) => error);
}

/** What waits 30 ms in vain. */
async function late(wait: () => Promise<unknown>): Promise<void> {
  const start = performance.now();
  assert(isTimeout(await assertRejects(wait)));
  const took = performance.now() - start;
  assert(took >= 29 && took < within(80), `${took} ms`);
}

test("who sends to a full queue waits, and all that wait are sent in the order of the calls", async () => {
  using queue = new OwnQueue(2);
  assertEquals(queue.fill(9), 2);
  const sends = ["a", "b", "c", "d"].map((text) => queue.send(1, text));
  assertEquals(queue.trySend(1, "e"), false);
  await blocked("send");
  assertEquals([queue.receiveSync().type, queue.receiveSync().type], [9, 9]);
  // There is room, but not before those that wait.
  assertEquals(queue.trySend(1, "e"), false);
  const texts: string[] = [];
  for await (const message of queue) if (texts.push(message.text()) === 4) break;
  await Promise.all(sends);
  assertEquals([texts, queue.trySend(1, "e"), queue.texts()], [["a", "b", "c", "d"], true, ["e"]]);
});

test("a send that is given up, late or closed ends within 50 ms, and is not sent", async () => {
  using queue = new OwnQueue(1);
  queue.trySend(9, "x");
  using same = MessageQueue.fromId(queue.id);
  const reason = new Error("mine");
  const abort = new AbortController();
  const sends: [Promise<unknown>, () => void, (error: unknown) => boolean][] = [
    [
      rejection(queue.send(1, "aborted", { signal: abort.signal })),
      () => abort.abort(reason),
      (error) => error === reason,
    ],
    [rejection(same.send(1, "closed")), () => same.close(), (error) => error instanceof ClosedError],
  ];
  await blocked("send", 2);
  for (const [send, end, right] of sends) {
    const start = performance.now();
    end();
    const error = await send;
    assert(right(error), `${error}`);
    assert(performance.now() - start < within(80), `${performance.now() - start} ms`);
  }
  const full = await assertRejects(() => queue.send(1, "", { timeout: 0 }), DOMException);
  assertEquals(full.message, `Timed out after 0 ms: send to ${queueName(queue)}, which has no room`);
  await late(() => queue.send(1, "late", { timeout: 30 }));
  const start = performance.now();
  assert(isTimeout(assertThrows(() => queue.sendSync(1, "", { timeout: 30 }))));
  assert(performance.now() - start < within(80));
  assertEquals(queue.texts(), ["x"]);
});

test("a receive that is given up, late or closed ends within 50 ms, and takes nothing", async () => {
  using queue = new OwnQueue();
  using same = MessageQueue.fromId(queue.id);
  const reason = new Error("mine");
  const abort = new AbortController();
  const receives: [Promise<unknown>, () => void, (error: unknown) => boolean][] = [
    [rejection(queue.receive({ signal: abort.signal })), () => abort.abort(reason), (error) => error === reason],
    [rejection(same.receive()), () => same.close(), (error) => error instanceof ClosedError],
  ];
  await blocked("receive", 2);
  for (const [receive, end, right] of receives) {
    const start = performance.now();
    end();
    const error = await receive;
    assert(right(error), `${error}`);
    assert(performance.now() - start < within(80), `${performance.now() - start} ms`);
  }
  await late(() => queue.receive({ timeout: 30 }));
  queue.trySend(1, "next");
  assertEquals((await queue.receive({ timeout: 0 })).text(), "next");
  const empty = [assertThrows(() => queue.receiveSync({ timeout: 20 }), DOMException)];
  empty.push(await assertRejects(() => queue.receive({ timeout: 20 }), DOMException));
  const message = `Timed out after 20 ms: receive from ${queueName(queue)}`;
  assertEquals(empty.map(({ message }) => message), [message, message]);
  for (const timeout of [-1, NaN]) {
    assertThrows(() => queue.receiveSync({ timeout }), RangeError);
    await assertRejects(() => queue.receive({ timeout }), RangeError);
    await assertRejects(() => queue.send(1, "", { timeout }), RangeError);
    assertThrows(() => queue.sendSync(1, "", { timeout }), RangeError);
  }
  const before = AbortSignal.abort(reason);
  assertEquals(await assertRejects(() => queue.receive({ signal: before })), reason);
  assertEquals(await assertRejects(() => queue.send(1, "", { signal: before })), reason);
  assertEquals(queue.stat().messages, 0);
});

test("a message that has come before the abort is seen is received, whoever gives up first", async () => {
  using queue = new OwnQueue();
  for (let round = 0; round < 30; round++) {
    const abort = new AbortController();
    const receiving = queue.receive({ signal: abort.signal }).then((message) => message.text(), () => "aborted");
    if (round % 3 > 0) await blocked("receive");
    queue.trySend(1, `${round}`);
    abort.abort();
    const outcome = await receiving;
    const left = queue.texts();
    assertEquals(outcome === "aborted" ? left : [outcome, ...left], [`${round}`]);
  }
});

test("receiveSync() that a handler breaks after a message has come puts it back, and sendSync() has sent", async () => {
  using queue = new OwnQueue();
  let act = () => {};
  using _action = sigaction("SIGUSR2", () => {
    act();
    throw new Error("out of it");
  });
  act = () => {
    queue.trySend(2, "came");
    // The thread that waits has it.
    while (queue.stat().messages > 0);
  };
  kill(Deno.pid, SIGNAL.SIGUSR2);
  assertThrows(() => queue.receiveSync(), Error, "out of it");
  const back = queue.tryReceive();
  assertEquals([back?.type, back?.text()], [2, "came"]);
  queue.set({ maxBytes: 3 });
  queue.fill(1);
  act = () => {
    queue.set({ maxBytes: 100 });
    while (queue.stat().messages < 4);
  };
  kill(Deno.pid, SIGNAL.SIGUSR2);
  assertThrows(() => queue.sendSync(1, "sent"), Error, "out of it");
  assertEquals(queue.texts(), ["", "", "", "sent"]);
  await Promise.resolve();
});

test("receiveSync() that a handler breaks puts the message back once there is room, if there is none", async () => {
  using queue = new OwnQueue(4);
  using _action = sigaction("SIGUSR2", () => {
    queue.trySend(2, "came");
    while (queue.stat().messages > 0);
    queue.trySend(3, "full");
    throw new Error("out of it");
  });
  kill(Deno.pid, SIGNAL.SIGUSR2);
  assertThrows(() => queue.receiveSync({ type: 2 }), Error, "out of it");
  assertEquals(queue.tryReceive()?.text(), "full");
  assertEquals((await queue.receive()).text(), "came");
});

test("sends and receives that wait fail with EIDRM when the queue is removed, and name it", async () => {
  using queue = new OwnQueue(1);
  queue.trySend(1, "x");
  const waits = [queue.send(1, "y"), queue.send(1, "z"), queue.receive({ type: 2 })];
  const failed = Promise.allSettled(waits);
  await blocked("send");
  await blocked("receive");
  queue.remove();
  const reasons = (await failed).map((one) => (one as PromiseRejectedResult).reason as SyscallError);
  for (const { code } of reasons) assert(code === "EIDRM" || code === "EINVAL", code);
  if (!EMULATED) assertEquals([reasons[0]!.code, reasons[2]!.code], ["EIDRM", "EIDRM"]);
});

test("QueueTransfer receives what is longer than usual where the system lets it, waiting or not", async () => {
  const source = `
    import { IPC_PRIVATE, MessageQueue } from "vasty/lib/sysv/mod.ts";
    import { blocked } from "vasty/tests/sysv/queues.ts";
    using queue = MessageQueue.create(IPC_PRIVATE);
    const long = "x".repeat(50_000) + "y";
    const waiting = queue.receive({ timeout: 20_000 });
    await blocked("receive");
    await queue.send(1, long);
    const found = [(await waiting).text()];
    for (let i = 0; i < 3; i++) queue.trySend(1, long);
    found.push(queue.tryReceive().text(), queue.receiveSync().text(), (await queue.receive({ maxSize: 50_001 })).text());
    queue.remove();
    console.log(found.length, found.every((text) => text === long));`;
  const enlarged = 'echo 100000 > /proc/sys/kernel/msgmax && echo 500000 > /proc/sys/kernel/msgmnb && exec "$@"';
  const under = ["unshare", "--ipc", "sh", "-c", enlarged, "sh"];
  const { stdout, stderr } = await denoSource(source, { under, flags: ["--allow-env"] });
  assertEquals([stderr, stdout], ["", "4 true\n"]);
}, { needs: ["unshare"], skip: notOwnNamespace() });

/** Why there can be no namespace with limits of its own. */
function notOwnNamespace(): string | false {
  if (EMULATED) return "what the kernel allows is the same everywhere";
  const args = ["--ipc", "sh", "-c", "echo 100000 > /proc/sys/kernel/msgmax"];
  const { success } = new Deno.Command("unshare", { args, stderr: "null" }).outputSync();
  return !success && "only root changes the limits of a namespace of its own";
}

test("a receiver that is killed while it waits takes nothing", async () => {
  using queue = new OwnQueue();
  const script = '$| = 1; print "$$\\n"; msgrcv($ARGV[0], my $got, 100, 0, 0)';
  await using peer = new Peer("perl", ["-e", script, `${queue.id}`]);
  await peer.says("\n");
  const pid = peer.child.pid;
  await until(() => EMULATED || readSyscall(pid));
  killPrinted(`${pid}`);
  await peer.child.status;
  await queue.send(1, "for another one");
  assertEquals((await queue.receive()).text(), "for another one");
}, { needs: ["perl"] });

function readSyscall(pid: number): boolean {
  return /^(70|188) /.test(readProc(`/proc/${pid}/syscall`));
}

for (const [syscall, works] of [["msgsnd", "send"], ["msgrcv", "receive"]] as const) {
  test(`interruptions of ${syscall} are none: ${works} goes on`, async () => {
    const source = `
      import { IPC_PRIVATE, MessageQueue } from "vasty/lib/sysv/mod.ts";
      using queue = MessageQueue.create(IPC_PRIVATE);
      const said = [queue.trySend(1, "try"), queue.tryReceive()?.text()];
      queue.sendSync(1, "sync");
      said.push(queue.receiveSync().text());
      await queue.send(1, "async");
      said.push((await queue.receive()).text());
      const waiting = queue.receive();
      await queue.send(1, "waited");
      said.push((await waiting).text());
      queue.remove();
      console.log(...said);`;
    const under = injecting(`${syscall}:error=EINTR:when=1..30+2`);
    const { stdout, stderr } = await denoSource(source, { under });
    assertEquals([stderr, stdout], ["", "true try sync async waited\n"]);
  }, { needs: ["strace"], skip: noPtrace() });
}

test("QueueTransfer has Sync twins that find at once what is there", () => {
  using queue = new OwnQueue();
  const transfer = new QueueTransfer(queue);
  transfer.sendSync(3, "x", NO_LIMIT, { closed: false });
  assertEquals(transfer.receiveSync(wantedOf({ type: 3 }), NO_LIMIT, queue).text(), "x");
  assertEquals(transfer.receiveNow(wantedOf()), undefined);
});
