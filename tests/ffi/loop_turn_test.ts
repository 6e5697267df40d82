/** Letting the event loop have its turn. */
import { LoopTurn } from "../../ffi/loop_turn.ts";
import { turnDue } from "../../ffi/reactor.ts";
import { openMessages, socketpair } from "../../lib/pipes/mod.ts";
import { spawn } from "../../lib/processes/mod.ts";
import { connect, Connection, listenDatagram, poll, type Socket, socket } from "../../lib/sockets/mod.ts";
import { Channel, IPC_PRIVATE, MessageBuffer, MessageQueue, SemaphoreSet } from "../../lib/sysv/mod.ts";
import { assert, assertEquals, test } from "../support/mod.ts";

/** Ask for as long as `ms` milliseconds take: whether it was due, and how long that took indeed. */
function asked(turn: LoopTurn, ms: number): [due: boolean, took: number] {
  const start = performance.now();
  for (;;) {
    const due = turn.isDue();
    const took = performance.now() - start;
    if (due || took >= ms) return [due, took];
  }
}

test("LoopTurn is due after 10 ms of operations, and not before", () => {
  const turn = new LoopTurn();
  for (let round = 0; round < 3; round++) {
    const start = performance.now();
    turn.now();
    assert(turn.seen >= start);
    // This process may be held up meanwhile.
    const [early, took] = asked(turn, 5);
    assert(!early || took > 10, `due after ${took} ms`);
    assert(early || asked(turn, 1_000)[0], "it was not due within a second");
    assert(performance.now() - start >= 10);
  }
});

test("LoopTurn asks the clock at once after an operation that has brought much", () => {
  const turn = new LoopTurn();
  turn.now();
  workFor(11);
  assertEquals([turn.isDue(1_000), turn.isDue(65_536)], [false, true]);
});

/** What a program does with what it has read. */
function workFor(ms: number): void {
  const start = performance.now();
  while (performance.now() - start < ms);
}

test("turnDue() comes after what the loop had to do", async () => {
  const start = performance.now();
  let turn: Promise<void> | undefined;
  while (turn === undefined && performance.now() - start < 5_000) turn = turnDue();
  let fired = false;
  setTimeout(() => fired = true, 0);
  await new Promise((resolve) => setTimeout(resolve, 0));
  await turn;
  assert(turn !== undefined && fired, "the loop had no turn");
});

/** Do `operation` again and again: whether a timer has its turn all the same. */
async function letsTimersFire(operation: () => Promise<unknown>): Promise<void> {
  let fired = false;
  const timer = setTimeout(() => fired = true, 5);
  const start = performance.now();
  while (!fired && performance.now() - start < 5_000) await operation();
  clearTimeout(timer);
  assert(fired, "the timer had no turn");
}

/** A connection whose peer sends without end. */
async function flooded(): Promise<{ connection: Socket; end: AsyncDisposable }> {
  using listener = socket("PF_INET", "SOCK_STREAM");
  listener.bind({ hostname: "127.0.0.1", port: 0 });
  listener.listen();
  const name = listener.getsockname();
  const script = `socket(my $s, 2, 1, 0); connect($s, pack "S n C4 x8", 2, ${
    "port" in name ? name.port : 0
  }, 127, 0, 0, 1);
    my $b = "x" x 65536; while (syswrite $s, $b) {}`;
  const end = spawn(["perl", "-e", script]);
  return { connection: (await listener.accept()).socket, end };
}

test("recv() lets timers have their turn though there is always something", async () => {
  const { connection, end } = await flooded();
  await using _end = end;
  using _connection = connection;
  const target = new Uint8Array(64);
  await letsTimersFire(() => connection.recv(target));
}, { needs: ["perl"] });

test("recv() again and again is given up though it never has to wait", async () => {
  const { connection, end } = await flooded();
  await using _end = end;
  using _connection = connection;
  const target = new Uint8Array(64);
  const start = performance.now();
  const signal = AbortSignal.timeout(50);
  const outcome = async () => {
    for (;;) await connection.recv(target, { signal });
  };
  const reason = await outcome().catch((error) => error);
  assertEquals(reason.name, "TimeoutError");
  assert(performance.now() - start < 5_000);
}, { needs: ["perl"] });

test("datagrams that always have room let timers have their turn, and sendMany() is given up", async () => {
  using server = listenDatagram({ transport: "udp", hostname: "127.0.0.1", port: 0 });
  using client = listenDatagram({ transport: "udp", hostname: "127.0.0.1", port: 0 });
  const one = { bytes: new Uint8Array(1), address: server.addr };
  await letsTimersFire(() => client.send(one.bytes, one.address));
  await letsTimersFire(() => client.sendMany([one]));
  const controller = new AbortController();
  const sending = client.sendMany(new Array(2_000_000).fill(one), { signal: controller.signal });
  setTimeout(() => controller.abort(), 0);
  assert(await sending < 2_000_000, "nobody could give it up");
});

test("datagrams to a Unix socket by its name let timers have their turn", async () => {
  using server = listenDatagram({ transport: "unixpacket" });
  using client = socket("PF_UNIX", "SOCK_DGRAM");
  await letsTimersFire(async () => {
    await client.send(new Uint8Array(1), { to: server.addr });
    server.socket.recvSync(1);
  });
});

test("connect() that is refused again and again lets timers have their turn", async () => {
  await letsTimersFire(async () => {
    const connection = await connect({ path: "\0nobody listens here" }).catch(() => undefined);
    connection?.close();
  });
});

test("a stream that always has something lets timers have their turn", async () => {
  await using child = spawn(["cat", "/dev/zero"], { stdout: "piped" });
  const reader = child.stdout.getReader({ mode: "byob" });
  let buffer = new Uint8Array(64);
  await letsTimersFire(async () => {
    const { value } = await reader.read(buffer);
    buffer = new Uint8Array(value!.buffer);
  });
  await reader.cancel();
});

/** Do `operation`, and work of the program's that takes longer than a turn, again and again: a timer has its turn between. */
async function letsTimersFireBetween(operation: () => Promise<unknown>): Promise<void> {
  let done = 0;
  let most = 0;
  const timer = setInterval(() => done = 0, 1);
  try {
    for (let i = 0; i < 32; i++) {
      await operation();
      workFor(11);
      most = Math.max(most, ++done);
    }
  } finally {
    clearInterval(timer);
  }
  assert(most <= 4, `no timer during ${most} operations`);
}

test("a stream whose chunks take long to look through lets timers have their turn between them", async () => {
  await using child = spawn(["cat", "/dev/zero"], { stdout: "piped" });
  const buffer = new Uint8Array(65_536);
  await letsTimersFireBetween(() => child.stdout.readInto(buffer));
  await child.stdout.cancel();
});

test("a stream whose chunks take long to make lets timers have their turn between them", async () => {
  await using child = spawn(["sh", "-c", "exec cat > /dev/null"], { stdin: "piped" });
  const writer = child.stdin.getWriter();
  const piece = new Uint8Array(65_536);
  await letsTimersFireBetween(() => writer.write(piece));
  await writer.close();
});

test("records of a connection that take long to look through let timers have their turn between them", async () => {
  const { connection: flooding, end } = await flooded();
  await using _end = end;
  using connection = Connection.fromFd(flooding.release());
  await letsTimersFireBetween(() => connection.readBytes(65_536));
}, { needs: ["perl"] });

test("a stream that always has room lets timers have their turn", async () => {
  await using child = spawn(["sh", "-c", "exec cat > /dev/null"], { stdin: "piped" });
  const writer = child.stdin.getWriter();
  const piece = new Uint8Array(1);
  await letsTimersFire(() => writer.write(piece));
  await writer.close();
});

test("poll() of what is always ready lets timers have their turn", async () => {
  const [left, right] = socketpair();
  using _left = left;
  using _right = right;
  await letsTimersFire(() => poll([{ source: left, write: true }]));
});

test("messages that are always there let timers have their turn", async () => {
  const [left, right] = socketpair();
  using ours = openMessages(left.fd);
  using theirs = openMessages(right.fd);
  await letsTimersFire(async () => {
    await ours.send(1);
    using _message = await theirs.receive();
  });
});

test("System V operations that need not wait let timers have their turn", async () => {
  const set = SemaphoreSet.create(IPC_PRIVATE, 1);
  const queue = MessageQueue.create(IPC_PRIVATE);
  try {
    await letsTimersFire(() => set.op([{ num: 0, op: 1 }, { num: 0, op: -1 }]));
    const buffer = new MessageBuffer(8);
    await letsTimersFire(async () => {
      await queue.send(1, "one");
      await queue.receive();
    });
    await letsTimersFire(async () => {
      queue.trySend(1, "one");
      await queue.receiveInto(buffer);
    });
  } finally {
    set.remove();
    queue.remove();
  }
});

test("a channel that is never empty lets timers have their turn", async () => {
  using channel = Channel.create(IPC_PRIVATE);
  using reader = channel.reader();
  await using writer = channel.writer();
  try {
    await letsTimersFire(async () => {
      await writer.send("one");
      await reader.receive();
    });
    await letsTimersFire(async () => {
      await writer.send("one");
      await reader.receiveMany();
    });
  } finally {
    channel.remove();
  }
});
