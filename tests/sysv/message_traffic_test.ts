import { MessageQueue, SyscallError } from "../../mod.ts";
import {
  assert,
  assertEquals,
  assertRejects,
  assertThrows,
  count,
  deno,
  denoSource,
  EMULATED,
  repository,
  test,
  within,
} from "../support/mod.ts";
import { readProc } from "../support/proc.ts";
import { perl, python } from "./foreign.ts";
import { blocked, OwnQueue } from "./queues.ts";

/** A queue with a message of each type, whose text tells its place. */
function filled(...types: number[]): OwnQueue {
  const queue = new OwnQueue();
  types.forEach((type, i) => queue.trySend(type, `${i}`));
  return queue;
}

test("receive() chooses by type as Perl does: the first, the first of a type, the lowest up to a type, another", async () => {
  using queue = filled(5, 3, 9, 3, 7, 5);
  const take = async (options: Parameters<MessageQueue["receive"]>[0]) => (await queue.receive(options)).text();
  assertEquals(await take({ type: 7 }), "4");
  assertEquals(await take({ type: -6 }), "1");
  assertEquals(await take({ type: 5, except: true }), "2");
  assertEquals(await take({ type: 0 }), "0");
  assertEquals(await take({ type: -5 }), "3");
  assertEquals([queue.tryReceive({ type: -4 }), queue.tryReceive({ type: 5, except: true })], [undefined, undefined]);
  assertEquals(queue.receiveSync().text(), "5");
});

test("a message that is longer than maxSize stays with E2BIG, or is cut off on demand", async () => {
  using queue = new OwnQueue();
  await queue.send(1, "12345");
  for (const receive of [() => queue.tryReceive({ maxSize: 4 }), () => queue.receiveSync({ maxSize: 4 })]) {
    assertThrows(
      receive,
      SyscallError,
      "since the message has more than 4 bytes: argument list too long (E2BIG, msgrcv)",
    );
  }
  const error = await assertRejects(() => queue.receive({ maxSize: 4, timeout: 10 }), SyscallError);
  assertEquals([error.code, queue.stat().messages], ["E2BIG", 1]);
  assertEquals((await queue.receive({ maxSize: 4, truncate: true })).text(), "1234");
  assertEquals(queue.stat().messages, 0);
  await queue.send(1, "12345");
  assertEquals([queue.receiveSync({ maxSize: 5 }).text(), queue.tryReceive()], ["12345", undefined]);
});

/** Why this kernel does not let anybody look without taking. */
function noPeek(): string | false {
  using queue = new OwnQueue();
  queue.trySend(1, "");
  try {
    queue.tryReceive({ peek: 0 });
    return false;
  } catch (error) {
    return (error as SyscallError).code === "ENOSYS" && "this kernel has no MSG_COPY";
  }
}

test("peek copies the n-th message and leaves all", async () => {
  using queue = filled(5, 3, 9);
  for (const [i, type] of [5, 3, 9].entries()) {
    for (
      const message of [queue.tryReceive({ peek: i }), await queue.receive({ peek: i }), queue.receiveSync({ peek: i })]
    ) {
      assertEquals([message?.type, message?.text()], [type, `${i}`]);
    }
  }
  assertEquals(queue.tryReceive({ peek: 3 }), undefined);
  assertThrows(() => queue.receiveSync({ peek: 3 }), SyscallError, "ENOMSG");
  await assertRejects(() => queue.receive({ peek: 3 }), SyscallError, "ENOMSG");
  assertEquals([queue.stat().messages, queue.texts()], [3, ["0", "1", "2"]]);
}, { skip: noPeek() });

test("messages of every length and of all bytes come through, however they are sent and received", async () => {
  using queue = new OwnQueue();
  const ways = [
    [queue.send.bind(queue), queue.receive.bind(queue)],
    [queue.sendSync.bind(queue), queue.receiveSync.bind(queue)],
    [queue.trySend.bind(queue), queue.tryReceive.bind(queue)],
  ] as const;
  for (const length of [0, 1, 255, 256, 1_024, 1_025, 8_191, 8_192]) {
    const bytes = Uint8Array.from({ length }, (_, i) => i % 256);
    for (const [send, receive] of ways) {
      await send(length + 1, bytes);
      const message = await receive();
      assertEquals([message?.type, message?.bytes], [length + 1, bytes]);
    }
  }
});

test("a message that is longer than the system allows is refused with the limit, and nothing is sent", async () => {
  using queue = new OwnQueue();
  const limit = Number(readProc("/proc/sys/kernel/msgmax"));
  const long = new Uint8Array(limit + 1);
  const said = `Cannot send ${limit + 1} bytes to message queue of id ${queue.id}: a message has ${limit} at most`;
  for (const send of [() => queue.trySend(1, long), () => queue.sendSync(1, long)]) {
    assertThrows(send, SyscallError, `${said} (kernel.msgmax): invalid argument (EINVAL, msgsnd)`);
  }
  await assertRejects(() => queue.send(1, long), SyscallError, said);
  assertEquals(queue.stat().messages, 0);
});

test("16,384 empty messages fit, and one more waits", () => {
  using queue = new OwnQueue();
  const { maxBytes } = queue.stat();
  assertEquals([queue.fill(), queue.stat().messages, queue.stat().bytes], [maxBytes, maxBytes, 0]);
  let received = 0;
  for (let message; (message = queue.tryReceive()) !== undefined; received++) assertEquals(message.bytes.length, 0);
  assertEquals(received, maxBytes);
});

const PERL_RECEIVES = `
  my ($id, $count) = @ARGV;
  for (1 .. $count) {
    msgrcv($id, my $got, 9000, 0, 0) or die $!;
    my ($type, $text) = unpack("l! a*", $got);
    print "$type ", unpack("H*", $text), "\\n";
  }`;

test("Perl receives what we send, and we receive what Perl sends", async () => {
  using queue = new OwnQueue();
  const contents = ["", "Grüße", Uint8Array.from({ length: 256 }, (_, i) => i), new Uint8Array(8_192).fill(0xee)];
  const lines = contents.map((content, i) => {
    const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
    return `${i + 1} ${bytes.toHex()}\n`;
  });
  const receiving = perl(PERL_RECEIVES, queue.id, contents.length);
  for (const [i, content] of contents.entries()) await queue.send(i + 1, content);
  assertEquals(await receiving, lines.join(""));
  const sends = `
    use IPC::Msg;
    my $queue = bless \\(my $id = $ARGV[0]), "IPC::Msg";
    $queue->snd($_, join("", map { chr } 0 .. $_ - 1)) or die $! for (1, 256);
    msgsnd($id, pack("l! a*", 2**40, ""), 0) or die $!;
    print "sent";`;
  assertEquals(await perl(sends, queue.id), "sent");
  const [one, many, far] = [queue.receiveSync(), await queue.receive(), queue.tryReceive()];
  assertEquals([one.type, one.bytes.toHex(), many.type, far?.type, far?.bytes.length], [1, "00", 256, 2 ** 40, 0]);
  assertEquals(many.bytes, Uint8Array.from({ length: 256 }, (_, i) => i));
}, { needs: ["perl"] });

test("Python receives what we send, and we receive what Python sends", async () => {
  const KEY = 0x9d5a_0002;
  using queue = MessageQueue.create(KEY);
  try {
    const bytes = Uint8Array.from({ length: 256 }, (_, i) => i);
    const script = `
q = sysv_ipc.MessageQueue(int(a[0]) - 2**32)
text, kind = q.receive(type=-5)
print(kind, text.hex(), end='')
q.send(bytes(range(256)), type=77)
q.send(b'', type=2**31 - 1)`;
    await queue.send(9, "not this one");
    await queue.send(5, bytes);
    assertEquals(await python(script, KEY), `5 ${bytes.toHex()}`);
    assertEquals((await queue.receive({ type: 77 })).bytes, bytes);
    assertEquals((await queue.receive({ type: 9, except: true })).type, 2 ** 31 - 1);
  } finally {
    queue.remove();
  }
}, { needs: ["sysv_ipc"] });

test("for await gives the messages as they come, of the types that are wanted, until the queue is closed", async () => {
  using queue = new OwnQueue();
  const seen: string[] = [];
  for (const [type, text] of [[1, "a"], [2, "b"], [1, "c"]] as const) queue.trySend(type, text);
  for await (const message of queue.messages({ type: 1 })) if (seen.push(message.text()) === 2) break;
  assertEquals(seen, ["a", "c"]);
  using same = MessageQueue.fromId(queue.id);
  for await (const message of same) {
    seen.push(message.text());
    await queue.send(1, "more");
    if (seen.length === 5) same.close();
  }
  assertEquals([seen, queue.texts()], [["a", "c", "b", "more", "more"], ["more"]]);
  const late = await assertRejects(() => queue.messages({ timeout: 10 }).next().then(() => {}));
  assert(late instanceof DOMException && late.name === "TimeoutError");
  const reason = new Error("mine");
  const aborted = queue.messages({ signal: AbortSignal.abort(reason) }).next();
  assertEquals(await assertRejects(() => aborted.then(() => {})), reason);
});

test("for await that waits ends when the queue is closed, and fails with EIDRM when it is removed", async () => {
  using queue = new OwnQueue();
  using same = MessageQueue.fromId(queue.id);
  const ending = Array.fromAsync(same);
  const failing = Array.fromAsync(queue);
  await blocked("receive", 2);
  same.close();
  assertEquals(await ending, []);
  queue.remove();
  const { code } = await assertRejects(() => failing, SyscallError);
  assert(code === "EIDRM" || (EMULATED && code === "EINVAL"), code);
});

test("64 who wait for a message that never comes all get EIDRM within a second when the queue is removed", async () => {
  using queue = new OwnQueue();
  const waits = Array.from({ length: 64 }, (_, i) => queue.receive({ type: i + 1 }).catch((error) => error.code));
  await blocked("receive", 64);
  const start = performance.now();
  queue.remove();
  // Under emulation it is not seen whether all wait yet.
  const codes = (await Promise.all(waits)).map((code) => EMULATED && code === "EINVAL" ? "EIDRM" : code);
  assertEquals(new Set(codes), new Set(["EIDRM"]));
  assert(performance.now() - start < within(1_000), `${performance.now() - start} ms`);
});

test("many writers and readers lose nothing and repeat nothing, and each writer's messages of a type stay in order", async () => {
  const messages = count(20_000) / 10;
  using queue = new OwnQueue(2_000);
  const readers = [1, 2].map((type) => receiveAll(queue, type, 2 * messages));
  const writer = (name: string) => `
    import { MessageQueue } from "vasty/lib/sysv/mod.ts";
    using queue = MessageQueue.fromId(${queue.id});
    const sends = [];
    for (let i = 0; i < ${messages}; i++) {
      for (const type of [1, 2]) {
        if (i % 3 === 0) sends.push(queue.send(type, "${name} " + i));
        else { await Promise.all(sends.splice(0)); queue.sendSync(type, "${name} " + i); }
      }
    }
    await Promise.all(sends);`;
  const ends = await Promise.all(["a", "b"].map((name) => denoSource(writer(name))));
  assertEquals(ends.map(({ stderr, code }) => [stderr, code]), [["", 0], ["", 0]]);
  for (const texts of await Promise.all(readers)) {
    for (const name of ["a", "b"]) {
      const numbers = texts.filter((text) => text.startsWith(name)).map((text) => Number(text.slice(2)));
      assertEquals(numbers, Array.from({ length: messages }, (_, i) => i));
    }
  }
});

async function receiveAll(queue: MessageQueue, type: number, count: number): Promise<string[]> {
  const texts: string[] = [];
  for await (const message of queue.messages({ type })) if (texts.push(message.text()) === count) break;
  return texts;
}

test("a queue is used in a Web Worker, with permission for libc alone", async () => {
  const program = repository("tests/sysv/programs/queue_worker.ts");
  // Modules are loaded by the Web Worker itself, under its permissions.
  const { stdout, stderr } = await deno(program, { flags: [`--allow-read=${repository("")}`] });
  const answers = "answer to waits here, answer to blocks here, TimeoutError, TimeoutError\n";
  assertEquals([stderr, stdout], ["", answers]);
});
