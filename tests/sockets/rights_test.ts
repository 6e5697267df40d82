import { FCNTL } from "../../ffi/abi/fcntl.ts";
import { setNonBlocking } from "../../ffi/descriptors.ts";
import { fcntl } from "../../ffi/fcntl.ts";
import { read, write } from "../../ffi/unistd.ts";
import { ClosedError, type Fd, SyscallError } from "../../lib/core/mod.ts";
import { pipe, type SocketEnd, socketpair, type SocketType } from "../../lib/pipes/mod.ts";
import { spawn } from "../../lib/processes/mod.ts";
import { type ReceivedFds, receiveFds, receiveFdsSync, sendFds, sendFdsSync } from "../../lib/sockets/mod.ts";
import {
  assert,
  assertEquals,
  assertRejects,
  assertThrows,
  count,
  denoSource,
  EMULATED,
  test,
  within,
} from "../support/mod.ts";

const LOSES_SILENTLY = EMULATED && "qemu-user takes descriptors that do not fit, and leaves them open";
const TYPES: SocketType[] = ["stream", "seqpacket", "datagram"];
const bytes = (text: string) => new TextEncoder().encode(text);
const text = (data: Uint8Array) => new TextDecoder().decode(data);

/** Two sockets and a pipe, all closed at the end. */
class Ends implements Disposable {
  readonly left: SocketEnd;
  readonly right: SocketEnd;
  readonly reader: Fd;
  readonly writer: Fd;
  constructor(type: SocketType = "stream") {
    [this.left, this.right] = socketpair({ type });
    ({ reader: this.reader, writer: this.writer } = pipe());
  }
  /** The lowest number that is free: the same again if nothing was left open. */
  get free(): number {
    using copy = this.reader.duplicate();
    return copy.number;
  }
  /** Fill the left socket. */
  fill(length = 4096): void {
    for (;;) {
      try {
        sendFdsSync(this.left, [], new Uint8Array(length), { timeout: 0 });
      } catch (error) {
        assertEquals((error as Error).name, "TimeoutError");
        return;
      }
    }
  }
  [Symbol.dispose](): void {
    for (const end of [this.left, this.right, this.reader, this.writer]) end.close();
  }
}

/** What came, its descriptors closed. */
function drop(
  { data, fds, truncated, cut }: ReceivedFds,
): [text: string, fds: number, truncated: boolean, cut: boolean] {
  for (const fd of fds) fd.close();
  return [text(data), fds.length, truncated, cut];
}

for (const type of TYPES) {
  test(`sendFds() and receiveFds() over a ${type} socket keep data beside its descriptors`, async () => {
    using ends = new Ends(type);
    const { left, right, reader, writer } = ends;
    assertEquals(await sendFds(left, [], bytes("none")), 4);
    assertEquals(await sendFds(left.fd, [reader, writer], bytes("two")), 3);
    assertEquals(sendFdsSync(left.fd.number, [writer.number], bytes("one")), 3);
    assertEquals(await sendFds(left, [right]), 1);
    const received: ReceivedFds[] = [];
    let all = "";
    while (!all.endsWith("\0")) all += text((received[received.length] = await receiveFds(right)).data);
    assertEquals(all, "nonetwoone\0");
    assertEquals(
      received.filter(({ fds }) => fds.length > 0).map(({ data, fds }) => [text(data).slice(-3), fds.length]),
      [
        ["two", 2],
        ["one", 1],
        ["\0", 1],
      ],
    );
    const fds = received.flatMap(({ fds }) => fds);
    for (const { number } of fds) assertEquals([number > 2, fcntl(number, FCNTL.F_GETFD, 0)], [true, FCNTL.FD_CLOEXEC]);
    write(fds[1]!.number, bytes("through"), 7);
    const target = new Uint8Array(7);
    assertEquals([read(fds[0]!.number, target, 7), text(target)], [7, "through"]);
    received.forEach(drop);
  });

  test(`sendFds() over a ${type} socket takes 253 descriptors, and refuses more before anything is sent`, async () => {
    using ends = new Ends(type);
    const { left, right, reader } = ends;
    for (const send of [sendFds, sendFdsSync]) {
      const refused = async () => await send(left, Array(254).fill(reader));
      await assertRejects(refused, RangeError, "at most 253 descriptors, not 254");
    }
    await assertRejects(() => receiveFds(right, { timeout: 0 }), DOMException);
    await sendFds(left, Array(253).fill(reader));
    assertEquals(drop(await receiveFds(right)), ["\0", 253, false, false]);
  });

  test(`receiveFds() over a ${type} socket says what did not fit, and leaves none of it open`, async () => {
    using ends = new Ends(type);
    const { left, right, reader, free } = ends;
    for (const maxFds of [0, 1, 2, 3, 9]) {
      await sendFds(left, Array(10).fill(reader), bytes("x"));
      const receive = maxFds % 2 === 0 ? receiveFds : receiveFdsSync;
      assertEquals(drop(await receive(right, { maxFds })), ["x", maxFds, true, false]);
      assertEquals(ends.free, free);
    }
    await sendFds(left, [reader], bytes("long"));
    assertEquals(drop(await receiveFds(right, { maxBytes: 2 })), ["lo", 1, false, type !== "stream"]);
    if (type === "stream") assertEquals(drop(await receiveFds(right)), ["ng", 0, false, false]);
  }, { skip: LOSES_SILENTLY });

  for (const nonBlocking of [false, true]) {
    test(`sendFds() over a full ${nonBlocking ? "non-" : ""}blocking ${type} socket waits, and takes nothing when it gives up`, async () => {
      using ends = new Ends(type);
      const { left, right, reader } = ends;
      for (const end of [left, right]) setNonBlocking(end.fd.number, nonBlocking);
      ends.fill();
      const controller = new AbortController();
      const aborted = sendFds(left, [reader], bytes("aborted"), { signal: controller.signal });
      const late = assertRejects(() => sendFds(left, [reader], bytes("late"), { timeout: 20 }), DOMException);
      assertThrows(() => sendFdsSync(left, [reader], bytes("late"), { timeout: 20 }), DOMException, "20 ms");
      await late;
      const begin = performance.now();
      controller.abort("reason");
      assertEquals(await aborted.catch((reason) => reason), "reason");
      assert(performance.now() - begin < within(50));
      const patient = sendFds(left, [reader], bytes("end"));
      for (;;) {
        const received = await receiveFds(right);
        const { length } = received.fds;
        const [data, , truncated] = drop(received);
        assertEquals([truncated, data.includes("aborted"), data.includes("late")], [false, false, false]);
        if (length > 0) {
          assertEquals([length, data.slice(-3)], [1, "end"]);
          break;
        }
      }
      assertEquals(await patient, 3);
    });
  }

  test(`receiveFds() over a ${type} socket waits, and takes nothing when it gives up`, async () => {
    using ends = new Ends(type);
    const { left, right, reader } = ends;
    await assertRejects(() => receiveFds(right, { timeout: 10 }), DOMException, "10 ms");
    assertThrows(() => receiveFdsSync(right, { timeout: 10 }), DOMException, "10 ms");
    await assertRejects(() => receiveFds(right, { signal: AbortSignal.abort("no") }));
    const receiving = receiveFds(right);
    await null;
    await sendFds(left, [reader]);
    assertEquals(drop(await receiving), ["\0", 1, false, false]);
  });

  test(`sendFds() and receiveFds() tell of the end of the other side of a ${type} socket`, async () => {
    using ends = new Ends(type);
    const { left, right, reader } = ends;
    const isDatagram = type === "datagram";
    await sendFds(left, [reader], bytes("last"));
    left.close();
    assertEquals(drop(await receiveFds(right)), ["last", 1, false, false]);
    if (!isDatagram) assertEquals(drop(await receiveFds(right)), ["", 0, false, false]);
    const error = await assertRejects(() => sendFds(right, [reader]), SyscallError);
    assertEquals(error.code, isDatagram ? "ECONNREFUSED" : "EPIPE");
    await assertRejects(() => sendFds(left, [reader]), ClosedError);
    assertThrows(() => receiveFdsSync(left), ClosedError);
  });

  test(`sendFds() that waits on a ${type} socket is told when the other process is killed`, async () => {
    using ends = new Ends(type);
    const { left, right, reader } = ends;
    await using child = spawn(["sleep", "60"], { fds: { 3: right.fd } });
    right.close();
    ends.fill();
    const sending = sendFds(left, [reader]);
    child.kill("KILL");
    const error = await assertRejects(() => sending, SyscallError);
    // What was sent is unread: only a seqpacket socket says that before it says that nobody is there.
    const code = { stream: "EPIPE", seqpacket: "ECONNRESET", datagram: "ECONNREFUSED" }[type];
    assertEquals([error.code, error.syscall], [code, "sendmsg"]);
  });
}

for (const type of TYPES) {
  test(`sendFds() and receiveFds() over a ${type} socket mix up none of many messages`, async () => {
    using ends = new Ends(type);
    const { left, right, reader, writer } = ends;
    const total = count(30_000);
    const sending = (async () => {
      for (let i = 0; i < total; i++) {
        await sendFds(
          left,
          i % 3 === 2 ? [] : [i % 3 === 0 ? reader : writer],
          new Uint8Array(Uint32Array.of(i).buffer),
        );
      }
    })();
    for (let i = 0; i < total; i++) {
      const received = await receiveFds(right, { maxBytes: 4 });
      const isWriter = received.fds.map(({ number }) => (fcntl(number, FCNTL.F_GETFL, 0) & FCNTL.O_WRONLY) !== 0);
      drop(received);
      const expected = [i, i % 3 === 2 ? [] : [i % 3 === 1]];
      assertEquals([new Uint32Array(received.data.buffer)[0], isWriter], expected);
    }
    await sending;
  });
}

test("sendFds() over a stream says how much went, and 200,000 bytes arrive intact", async () => {
  using ends = new Ends();
  const { left, right, reader } = ends;
  const sent = new Uint8Array(200_000).map((_, i) => i * 7 + (i >> 8));
  const receiving = (async () => {
    const got: number[] = [];
    let fds = 0;
    while (got.length < sent.length) {
      const received = await receiveFds(right, { maxBytes: 10_000 });
      got.push(...received.data);
      fds += received.fds.length;
      drop(received);
    }
    return { got, fds };
  })();
  let at = await sendFds(left, [reader, reader], sent);
  while (at < sent.length) at += await sendFds(left, [], sent.subarray(at));
  const { got, fds } = await receiving;
  assertEquals(fds, 2);
  assert(got.every((byte, i) => byte === sent[i]));
});

test("sendFds() and receiveFds() end when the socket is closed while they wait", async () => {
  using ends = new Ends();
  const { left, right } = ends;
  ends.fill();
  const [sending, receiving] = [sendFds(left, [right]), receiveFds(left)];
  await null;
  left.close();
  for (const waiting of [sending, receiving]) await assertRejects(() => waiting, ClosedError);
});

test("sendFds() and receiveFds() refuse what makes no sense, and nothing is sent", async () => {
  using ends = new Ends();
  const { left, right, reader } = ends;
  await assertRejects(() => sendFds(left, [reader], new Uint8Array()), RangeError, "at least one byte");
  await assertRejects(() => sendFds(left, [reader], "text" as unknown as Uint8Array<ArrayBuffer>), TypeError);
  await assertRejects(() => sendFds(left, ["x" as unknown as Fd]), TypeError);
  await assertRejects(() => sendFds(left, [reader], undefined, { timeout: -1 }), RangeError);
  for (const maxFds of [-1, 254, 1.5, NaN]) await assertRejects(() => receiveFds(right, { maxFds }), RangeError);
  for (const maxBytes of [0, -1, 0.5, Infinity]) assertThrows(() => receiveFdsSync(right, { maxBytes }), RangeError);
  assertThrows(() => receiveFdsSync(right, { timeout: NaN }), RangeError);
  const unopened = await assertRejects(() => sendFds(left, [999_999]), SyscallError);
  assertEquals(unopened.code, "EBADF");
  for (const call of [() => sendFdsSync(reader, [left]), () => receiveFdsSync(reader)]) {
    assertEquals(assertThrows(call, SyscallError).code, "ENOTSOCK");
  }
  await assertRejects(() => receiveFds(right, { timeout: 0 }), DOMException);
});

test("sendFds() refuses a packet that is too large for any", async () => {
  using ends = new Ends("datagram");
  const error = await assertRejects(() => sendFds(ends.left, [ends.reader], new Uint8Array(4_000_000)), SyscallError);
  assertEquals(error.code, "EMSGSIZE");
});

test("receiveFds() and receiveCredentials() let the program end where the socket does", async () => {
  const { code, stdout, stderr } = await denoSource(
    `import { Connection, receiveCredentials, receiveFds, Socket, socketpair } from "vasty/mod.ts";
     const [left, right] = socketpair();
     const one = Socket.fromFd(left.fd);
     const other = Connection.fromFd(right.fd);
     receiveFds(one);
     receiveCredentials(other, { timeout: 60_000 });
     const [third, fourth] = socketpair();
     third.unref();
     receiveFds(third);
     one.unref();
     other.unref();
     console.log("unref'd", fourth.fd.closed);`,
  );
  assertEquals([code, stdout, stderr], [0, "unref'd false\n", ""]);
});
