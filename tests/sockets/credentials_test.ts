import { ClosedError, SyscallError } from "../../lib/core/mod.ts";
import { type SocketEnd, socketpair, type SocketType } from "../../lib/pipes/mod.ts";
import { spawn } from "../../lib/processes/mod.ts";
import {
  peerCredentials,
  receiveCredentials,
  receiveCredentialsSync,
  receiveFds,
  sendCredentials,
  sendCredentialsSync,
  sendFds,
} from "../../lib/sockets/mod.ts";
import {
  assert,
  assertEquals,
  assertRejects,
  assertThrows,
  denoSource,
  EMULATED,
  test,
  within,
} from "../support/mod.ts";

const TYPES: SocketType[] = ["stream", "seqpacket", "datagram"];
const OWN = { pid: Deno.pid, uid: Deno.uid()!, gid: Deno.gid()! };
const LOSES_SILENTLY = EMULATED && "qemu-user takes descriptors that do not fit, and does not say so";
const IS_ROOT = OWN.uid === 0;
const bytes = (text: string) => new TextEncoder().encode(text);
const text = (data: Uint8Array) => new TextDecoder().decode(data);

function ends(type: SocketType): [SocketEnd, SocketEnd] & Disposable {
  const pair = socketpair({ type });
  return Object.assign(pair, { [Symbol.dispose]: () => pair.forEach((end) => end.close()) });
}

for (const type of TYPES) {
  test(`peerCredentials() tells who made a ${type} socket pair`, () => {
    using pair = ends(type);
    const [left, right] = pair;
    assertEquals(peerCredentials(left), OWN);
    assertEquals(peerCredentials(right.fd.number), OWN);
    left.close();
    assertThrows(() => peerCredentials(left), ClosedError);
  });

  test(`sendCredentials() and receiveCredentials() over a ${type} socket name the sender`, async () => {
    using pair = ends(type);
    const [left, right] = pair;
    // Sent before the other side asks for them.
    assertEquals(await sendCredentials(left, bytes("me")), 2);
    const first = await receiveCredentials(right);
    assertEquals([text(first.data), first.credentials, first.fds, first.truncated], ["me", OWN, [], false]);
    assertEquals(sendCredentialsSync(left), 1);
    assertEquals(receiveCredentialsSync(right).credentials, OWN);
  });

  test(`receiveCredentials() over a ${type} socket names who sends without a word, and takes descriptors`, async () => {
    using pair = ends(type);
    const [left, right] = pair;
    await sendFds(left, [], bytes("early"));
    assertEquals((await receiveCredentials(right)).credentials, undefined);
    await sendFds(left, Array(253).fill(left), bytes("then"));
    const { data, fds, credentials, truncated } = await receiveCredentials(right);
    assertEquals([text(data), fds.length, credentials, truncated], ["then", 253, OWN, false]);
    for (const fd of fds) fd.close();
  });

  test(`receiveFds() over a ${type} socket that asks for credentials counts descriptors alone`, async () => {
    using pair = ends(type);
    const [left, right] = pair;
    await assertRejects(() => receiveCredentials(right, { timeout: 0 }), DOMException);
    await sendFds(left, [left, left]);
    const rest = await receiveFds(right, { maxFds: 1 });
    assertEquals(Object.keys(rest).sort(), ["cut", "data", "fds", "truncated"]);
    assertEquals([rest.fds.length, rest.truncated], [1, true]);
    for (const fd of rest.fds) fd.close();
  }, { skip: LOSES_SILENTLY });
}

test("receiveCredentials() names a child that writes as any program does", async () => {
  using pair = ends("stream");
  const [ours, theirs] = pair;
  const receiving = receiveCredentials(ours, { timeout: within(5_000) });
  await using child = spawn(["echo", "hello"], { stdout: theirs.fd });
  const { data, credentials } = await receiving;
  assertEquals([text(data), credentials], ["hello\n", { ...OWN, pid: child.pid }]);
});

test("receiveCredentials() gives nobody at the end, and gives up as any wait", async () => {
  using pair = ends("stream");
  const [left, right] = pair;
  await assertRejects(() => receiveCredentials(right, { timeout: 10 }), DOMException, "10 ms");
  assertThrows(() => receiveCredentialsSync(right, { timeout: 10 }), DOMException, "10 ms");
  await assertRejects(() => receiveCredentials(right, { signal: AbortSignal.abort(new Error("no")) }), Error, "no");
  left.close();
  const { data, credentials } = await receiveCredentials(right);
  assertEquals([data.length, credentials], [0, undefined]);
});

test("sendCredentials() refuses numbers that are none, and processes that are not there", async () => {
  using pair = ends("stream");
  const [left, right] = pair;
  for (const wrong of [{ pid: -1 }, { pid: 2 ** 31 }, { uid: 1.5 }, { gid: NaN }, { uid: 2 ** 32 - 1 }]) {
    await assertRejects(() => sendCredentials(left, undefined, wrong), RangeError);
    assertThrows(() => sendCredentialsSync(left, undefined, wrong), RangeError);
  }
  await assertRejects(() => sendCredentials(left, new Uint8Array()), RangeError);
  const error = await assertRejects(() => sendCredentials(left, undefined, { pid: 0x7fffffff }), SyscallError);
  assert(["ESRCH", "EPERM"].includes(error.code));
  await assertRejects(() => receiveCredentials(right, { timeout: 0 }), DOMException);
});

test("sendCredentials() lets a privileged process name another", async () => {
  using pair = ends("datagram");
  const [left, right] = pair;
  const other = { pid: Deno.ppid, uid: 12_345, gid: 4_000_000_000 };
  await sendCredentials(left, undefined, other);
  assertEquals((await receiveCredentials(right)).credentials, other);
}, { skip: !IS_ROOT && "needs root" });

test("sendCredentials() says EPERM to who names another without the right to", async () => {
  const { stdout, stderr } = await denoSource(
    `import { sendCredentials, socketpair } from "vasty/mod.ts";
     import { takeIdentity } from "vasty/lib/processes/ids.ts";
     const [left] = socketpair();
     if (Deno.uid() === 0) takeIdentity({ uid: 65534, gid: 65534, groups: [] }, "test");
     await sendCredentials(left, undefined, { uid: 1 }).catch((error) => console.log(error.message.replace(/\\d+/, "N")));
     console.log(await sendCredentials(left));`,
    { flags: ["--allow-sys=uid,gid"] },
  );
  const line = "Cannot send over descriptor N: operation not permitted (EPERM, sendmsg)\n1\n";
  assertEquals([stdout, stderr], [line, ""]);
});

test("peerCredentials() says what has no peer", async () => {
  const { stdout, stderr } = await denoSource(
    `import { peerCredentials } from "vasty/mod.ts";
     try { peerCredentials(0); } catch (error) { console.log(error.name, error.message); }`,
    {
      under: [
        "/usr/bin/python3",
        "-c",
        "import os, socket, sys\ns = socket.socket(socket.AF_UNIX)\nos.dup2(s.fileno(), 0)\nos.execv(sys.argv[1], sys.argv[1:])",
      ],
    },
  );
  assertEquals([stdout, stderr], ["TypeError Descriptor 0 is not connected: it has no peer to ask for\n", ""]);
}, { needs: ["python3"] });
