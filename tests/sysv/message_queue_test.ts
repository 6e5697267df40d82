import { ClosedError, IPC_PRIVATE, ipcrm, MessageQueue, SyscallError } from "../../mod.ts";
import { says } from "../signals/subject.ts";
import { assert, assertEquals, assertThrows, denoSource, EMULATED, repository, test } from "../support/mod.ts";
import { injecting, noPtrace } from "../support/strace.ts";
import { perl, python } from "./foreign.ts";
import { OwnQueue } from "./queues.ts";

const KEY = 0x9d5a_0001;
const NOBODY = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"];

/** The line of ipcs(1) about the queue with this id. */
async function ipcs(id: number): Promise<string[] | undefined> {
  const { stdout } = await new Deno.Command("ipcs", { args: ["-q"] }).output();
  const lines = new TextDecoder().decode(stdout).split("\n").map((line) => line.trim().split(/\s+/));
  return lines.find((line) => line[1] === `${id}`);
}

test("MessageQueue.create() makes a queue that open() and fromId() find, and ipcs shows", async () => {
  using queue = MessageQueue.create(KEY, { mode: 0o640 });
  await queue.send(1, "hello");
  const [key, , , ...others] = await ipcs(queue.id) ?? [];
  assertEquals([key, ...others], ["0x9d5a0001", "640", "5", "1"]);
  using found = MessageQueue.open(KEY);
  using same = MessageQueue.fromId(queue.id);
  using again = MessageQueue.create(KEY);
  // The same key as other programs have it: with a sign.
  using signed = MessageQueue.open(KEY | 0);
  for (const one of [found, same, again, signed]) assertEquals([one.id, one.key], [queue.id, KEY]);
  queue.remove();
}, { needs: ["ipcs"] });

test("MessageQueue finds queues of Perl and Python, and they find ours, with a key above 0x80000000", async () => {
  const perls = "my $id = msgget($ARGV[0] - 2**32, 01600) // die $!; print $id";
  const id = Number(await perl(perls, KEY));
  using queue = MessageQueue.open(KEY);
  assertEquals([queue.id, queue.stat().mode], [id, 0o600]);
  const pythons = "q = sysv_ipc.MessageQueue(int(a[0]) - 2**32); print(q.id, oct(q.mode), end=''); q.remove()";
  assertEquals(await python(pythons, KEY), `${id} 0o600`);
  assertThrows(() => MessageQueue.open(KEY), SyscallError, "ENOENT");
  const made = "q = sysv_ipc.MessageQueue(int(a[0]) - 2**32, sysv_ipc.IPC_CREX, mode=0o644); print(q.id, end='')";
  const theirs = Number(await python(made, KEY));
  using other = MessageQueue.open(KEY);
  assertEquals([other.id, other.stat().mode], [theirs, 0o644]);
  assertEquals(await perl('msgctl($ARGV[0], 0, 0) or die $!; print "gone"', theirs), "gone");
}, { needs: ["perl", "sysv_ipc"] });

test("MessageQueue: what exists or does not is EEXIST or ENOENT, and nothing has changed", () => {
  using queue = MessageQueue.create(KEY, { exclusive: true });
  const there = assertThrows(() => MessageQueue.create(KEY, { exclusive: true }), SyscallError);
  assertEquals([there.message, there.key, there instanceof Deno.errors.AlreadyExists], [
    "Cannot create message queue 0x9d5a0001: file exists (EEXIST, msgget)",
    KEY,
    true,
  ]);
  queue.remove();
  const missing = assertThrows(() => MessageQueue.open(KEY), SyscallError);
  assertEquals([missing.message, missing instanceof Deno.errors.NotFound], [
    "Cannot open message queue 0x9d5a0001: no such file or directory (ENOENT, msgget)",
    true,
  ]);
  const none = assertThrows(() => MessageQueue.fromId(queue.id), SyscallError);
  assert(none.code === "EINVAL" || none.code === "EIDRM", none.message);
  assertEquals(none.syscall, "msgctl");
});

test("MessageQueue refuses keys, modes, ids and limits that are none, before it asks the system", () => {
  for (const key of [2 ** 32, 0.5, NaN]) {
    assertThrows(() => MessageQueue.create(key), RangeError, "A key is");
    assertThrows(() => MessageQueue.open(key), RangeError, "A key is");
  }
  assertThrows(() => MessageQueue.open(IPC_PRIVATE), RangeError, "found by its id");
  assertThrows(() => MessageQueue.create(KEY, { mode: 0o1000 }), RangeError, "mode must be");
  for (const id of [-1, 2 ** 31, 0.5]) assertThrows(() => MessageQueue.fromId(id), RangeError, "An id is");
  using queue = new OwnQueue();
  const before = queue.stat();
  for (const change of [{ maxBytes: -1 }, { uid: -1 }, { gid: 0.5 }, { mode: 0o2000 }]) {
    assertThrows(() => queue.set(change), RangeError);
  }
  assertEquals(queue.stat(), before);
});

test("MessageQueue.stat() and set() ask and change what the kernel knows", async () => {
  using queue = new OwnQueue();
  const start = Math.floor(Date.now() / 1_000) * 1_000;
  const { lastSent, lastReceived, changed, ...fresh } = queue.stat();
  assertEquals([lastSent, lastReceived, changed.getTime() >= start], [undefined, undefined, true]);
  const [uid, gid] = [Deno.uid()!, Deno.gid()!];
  const { sequence, maxBytes, ...others } = fresh;
  assert(Number.isInteger(sequence) && maxBytes > 0);
  const owner = { uid, gid, creatorUid: uid, creatorGid: gid, mode: 0o600, key: 0, id: queue.id };
  assertEquals(others, { ...owner, messages: 0, bytes: 0, lastSendPid: 0, lastReceivePid: 0 });
  queue.set({ maxBytes: 1_000, mode: 0o620 });
  await queue.send(1, "four");
  await queue.send(2, "sixsix");
  await queue.receive({ type: 2 });
  const { lastSent: sent, lastReceived: received, changed: _changed, sequence: _sequence, ...after } = queue.stat();
  const counts = { messages: 1, bytes: 4, maxBytes: 1_000, mode: 0o620 };
  // qemu-user does not pass the second on.
  const lastReceivePid = EMULATED ? 0 : Deno.pid;
  assertEquals(after, { ...owner, ...counts, lastSendPid: Deno.pid, lastReceivePid });
  for (const date of [sent, received]) assert(date!.getTime() >= start && date!.getTime() <= Date.now());
});

test("MessageQueue.remove() leaves nothing, is safe to repeat, and later uses say that it is gone", () => {
  using queue = MessageQueue.create(IPC_PRIVATE);
  queue.trySend(1, "lost");
  queue.remove();
  queue.remove();
  const gone = "message queue of id \\d+, which (is not there \\(any more\\)|was removed): .* \\((EINVAL|EIDRM), ";
  const uses = [
    ["send to", "msgsnd", () => queue.trySend(1, "")],
    ["receive from", "msgrcv", () => queue.tryReceive()],
    ["ask about", "msgctl", () => queue.stat()],
    ["change", "msgctl", () => queue.set({ mode: 0o600 })],
  ] as const;
  for (const [doing, syscall, use] of uses) {
    const { message } = assertThrows(use, SyscallError);
    assert(new RegExp(`^Cannot ${doing} ${gone}${syscall}\\)$`).test(message), message);
  }
});

test("MessageQueue that is closed is not used, and its messages stay for others", async () => {
  using queue = new OwnQueue();
  {
    using same = MessageQueue.fromId(queue.id);
    await same.send(1, "stays");
    assertEquals(same.closed, false);
    same.close();
    same.close();
    const uses = [
      () => same.trySend(1, ""),
      () => same.sendSync(1, ""),
      () => same.tryReceive(),
      () => same.receiveSync(),
      () => same.stat(),
      () => same.set({}),
      () => same.remove(),
    ];
    for (const use of uses) assertThrows(use, ClosedError, "The message queue was closed");
    for (const use of [() => same.send(1, ""), () => same.receive()]) {
      assert(await use().catch((error) => error) instanceof ClosedError);
    }
    assertEquals([same.closed, await Array.fromAsync(same).catch((error) => error.name)], [true, []]);
  }
  assertEquals(queue.texts(), ["stays"]);
});

test("MessageQueue has ids above 32767, which the kernel gives after some time", () => {
  let id = 0;
  for (let i = 0; id <= 32_767; i++) {
    assert(i < 1_000, "the kernel gives other ids");
    using queue = MessageQueue.create(IPC_PRIVATE);
    id = queue.id;
    queue.trySend(1, "x");
    using same = MessageQueue.fromId(id);
    assertEquals(same.tryReceive()?.text(), "x");
    queue.remove();
  }
  assertThrows(() => ipcrm("msg", id), SyscallError, `Cannot remove message queue of id ${id}: `);
});

/** Why no other user can run a program here. */
function notNobody(): string | false {
  if (Deno.uid() !== 0 || EMULATED) return "only root can start a program of another user";
  const [program, ...args] = [...NOBODY, "test", "-r", repository("mod.ts"), "-a", "-x", Deno.execPath()];
  const readable = new Deno.Command(program!, { args }).outputSync().success;
  return !readable && "another user may not read this repository";
}

test("another user does with a queue what the mode lets him, and is told what it does not", async () => {
  using queue = MessageQueue.create(KEY, { mode: 0o602 });
  const folder = await Deno.makeTempDir();
  await Deno.chmod(folder, 0o777);
  const name = "message queue 0x9d5a0001";
  const [denied, not] = ["permission denied (EACCES, ", "operation not permitted (EPERM, msgctl)"];
  try {
    await says(
      `
      import { ipcrm, MessageQueue } from "vasty/lib/sysv/mod.ts";
      const attempt = (f) => { try { return f(); } catch (error) { return error.message; } };
      say(attempt(() => MessageQueue.create(${KEY})));
      using queue = MessageQueue.open(${KEY});
      say(queue.trySend(1, "from nobody"), MessageQueue.fromId(queue.id).key === ${KEY});
      say(attempt(() => queue.tryReceive()));
      say(attempt(() => queue.stat()));
      say(attempt(() => queue.remove()));
      say(attempt(() => ipcrm("msg", queue.id)));`,
      [
        `Cannot create ${name}: ${denied}msgget)`,
        "true true",
        `Cannot receive from ${name}: ${denied}msgrcv)`,
        `Cannot ask about ${name}: ${denied}msgctl)`,
        `Cannot remove ${name}: ${not}`,
        `Cannot remove message queue of id ${queue.id}: ${not}`,
      ],
      { env: { DENO_DIR: folder }, under: NOBODY },
    );
    assertEquals(queue.tryReceive()?.text(), "from nobody");
  } finally {
    queue.remove();
    await Deno.remove(folder, { recursive: true });
  }
}, { needs: ["setpriv"], skip: notNobody() });

test("MessageQueue.create() says when the system has no room for more", async () => {
  const source = `
    import { IPC_PRIVATE, MessageQueue } from "vasty/lib/sysv/mod.ts";
    try { MessageQueue.create(IPC_PRIVATE); } catch (error) { console.log(error.message); }`;
  const { stdout, stderr } = await denoSource(source, { under: injecting("msgget:error=ENOSPC") });
  const said =
    /^Cannot create a private message queue, since there are \d+ already \(kernel.msgmni\): .* \(ENOSPC, msgget\)\n$/;
  assert(said.test(stdout), stdout + stderr);
}, { needs: ["strace"], skip: noPtrace() });
