/** Descriptors to and from Python, and where the system has no more. */
import { write } from "../../ffi/unistd.ts";
import type { Fd } from "../../lib/core/mod.ts";
import { pipe, socketpair, type SocketType } from "../../lib/pipes/mod.ts";
import { type Child, spawn } from "../../lib/processes/mod.ts";
import { receiveFds, sendFds } from "../../lib/sockets/mod.ts";
import { cpuUsage } from "node:process";
import { assert, assertEquals, assertRejects, denoSource, test, within } from "../support/mod.ts";
import { injecting, noPtrace } from "../support/strace.ts";

const PYTHON = "/usr/bin/python3";
const LIMIT = { timeout: 10_000 };
const bytes = (text: string) => new TextEncoder().encode(text);
const text = (data: Uint8Array) => new TextDecoder().decode(data);

/** A program in Python whose `s` is the other end of the socket. */
function python(source: string, type: SocketType) {
  const [ours, theirs] = socketpair({ type });
  const begin = "import array, os, socket, sys\ns = socket.socket(fileno=3)\n";
  const child = spawn([PYTHON, "-c", begin + source], { stdin: "piped", stdout: "piped", fds: { 3: theirs.fd } });
  theirs.close();
  return { ours, child };
}

async function said(child: Child): Promise<string> {
  await child.stdin.close();
  return await new Response(child.stdout).text();
}

function fileIn(fds: Fd[], line: string): void {
  for (const fd of fds) write(fd.number, bytes(line), line.length), fd.close();
}

for (const type of ["stream", "seqpacket", "datagram"] as const) {
  test(
    `sendFds() over a ${type} socket is understood by Python's recv_fds, and receiveFds() understands send_fds`,
    async () => {
      const { ours, child } = python(
        `data, fds, flags, _ = socket.recv_fds(s, 100, 10)
r, w = os.pipe()
socket.send_fds(s, [b"from ", b"python"], [w, w])
os.close(w)
print(data, [os.read(fd, 100) for fd in fds], flags & socket.MSG_CTRUNC, open(r, "rb").read())`,
        type,
      );
      await using _child = child;
      using socket = ours;
      const one = pipe();
      fileIn([one.writer], "read there");
      await sendFds(socket, [one.reader], bytes("from here"), LIMIT);
      one.reader.close();
      const { data, fds, truncated } = await receiveFds(socket, LIMIT);
      assertEquals([text(data), fds.length, truncated], ["from python", 2, false]);
      fileIn(fds, "written ");
      assertEquals(await said(child), "b'from here' [b'read there'] 0 b'written written '\n");
    },
    { needs: ["python3"] },
  );
}

test("receiveFds() takes what several control messages of one packet bring, and an empty datagram's", async () => {
  const { ours, child } = python(
    `rights = lambda *fds: (socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", fds))
s.sendmsg([b"x"], [rights(0), rights(1, 2)])
s.sendmsg([b""], [rights(0)])
sys.stdin.read()`,
    "datagram",
  );
  await using _child = child;
  using socket = ours;
  for (const expected of [["x", 3], ["", 1]]) {
    const { data, fds, truncated } = await receiveFds(socket, LIMIT);
    assertEquals([text(data), fds.length, truncated], [...expected, false]);
    for (const fd of fds) fd.close();
  }
  await said(child);
}, { needs: ["python3"] });

test("sendFds() waits for room at a receiver that is not connected back, and loses nothing", async () => {
  const { ours, child } = python(
    `server = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
server.bind("")
client = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
client.connect(server.getsockname())
socket.send_fds(s, [b"x"], [client.fileno()])
sys.stdin.readline()
while True:
    data, fds, _, _ = socket.recv_fds(server, 10, 10)
    if fds: break
print(data, os.read(fds[0], 10))`,
    "stream",
  );
  await using _child = child;
  using socket = ours;
  using client = (await receiveFds(socket, LIMIT)).fds[0]!;
  const full = async () => {
    for (;;) await sendFds(client, [], bytes("fill"), { timeout: 20 });
  };
  assertEquals((await assertRejects(full, DOMException)).name, "TimeoutError");
  const { reader, writer } = pipe();
  fileIn([writer], "inside");
  const sending = sendFds(client, [reader], bytes("last"), LIMIT);
  const busy = cpuUsage();
  await assertRejects(() => sendFds(client, [], bytes("late"), { timeout: 200 }), DOMException);
  const { user, system } = cpuUsage(busy);
  assert(user + system < within(150) * 1_000, `${user + system} us of work while it waits for 200,000`);
  const writing = child.stdin.getWriter();
  await writing.write(bytes("go\n"));
  assertEquals(await sending, 4);
  reader.close();
  writing.releaseLock();
  assertEquals(await said(child), "b'last' b'inside'\n");
}, { needs: ["python3"] });

test("sendFds() to a receiver whose buffer is too small leaves nothing open there", async () => {
  const { ours, child } = python(
    `before = len(os.listdir("/proc/self/fd"))
data, fds, flags, _ = socket.recv_fds(s, 100, 1)
for fd in fds: os.close(fd)
print(data, 1 <= len(fds) <= 2, flags & socket.MSG_CTRUNC != 0, len(os.listdir("/proc/self/fd")) - before)`,
    "seqpacket",
  );
  await using _child = child;
  using socket = ours;
  await sendFds(socket, [0, 1, 2, socket, 0], bytes("x"), LIMIT);
  assertEquals(await said(child), "b'x' True True 0\n");
}, { needs: ["python3"] });

test("sendFds() and receiveFds() refuse a TCP socket, which would drop the descriptors", async () => {
  const { stdout, stderr } = await denoSource(
    `import { receiveFds, sendFds, peerCredentials, receiveCredentials } from "vasty/mod.ts";
     for (const call of [() => sendFds(0, [0]), () => receiveFds(0), () => receiveCredentials(0), async () => peerCredentials(0)]) {
       await call().catch((error) => console.log(error.name, error.message));
     }`,
    {
      under: [
        PYTHON,
        "-c",
        "import os, socket, sys\ns = socket.socket()\nos.dup2(s.fileno(), 0)\nos.execv(sys.argv[1], sys.argv[1:])",
      ],
    },
  );
  const line = "TypeError Descriptor 0 is no Unix socket: only those carry descriptors and credentials\n";
  assertEquals([stdout, stderr], [line.repeat(4), ""]);
}, { needs: ["python3"] });

test("receiveFds() takes what it may have open, and says that the rest was lost", async () => {
  const { stdout, stderr } = await denoSource(
    `import { pipe, receiveFds, receiveFdsSync, sendFds, socketpair } from "vasty/mod.ts";
     const [left, right] = socketpair();
     const { reader } = pipe();
     const copies = [];
     const fill = () => { try { for (;;) copies.push(reader.duplicate()); } catch (error) { return error.code; } };
     await sendFds(left, Array(10).fill(reader), new Uint8Array(3));
     await sendFds(left, Array(10).fill(reader), new Uint8Array(2));
     console.log(fill());
     copies.splice(0, 4).forEach((fd) => fd.close());
     const some = await receiveFds(right);
     console.log(some.data.length, some.fds.length, some.truncated);
     const none = receiveFdsSync(right);
     console.log(none.data.length, none.fds.length, none.truncated, fill());
     const { length } = copies;
     some.fds.forEach((fd) => fd.close());
     console.log(fill(), copies.length - length);`,
    { under: ["prlimit", "--nofile=200"] },
  );
  assertEquals([stdout, stderr], ["EMFILE\n3 4 true\n2 0 true EMFILE\nEMFILE 4\n", ""]);
}, { needs: ["prlimit"] });

test("sendFds() and receiveFds() go on after an interruption", async () => {
  const { stdout, stderr } = await denoSource(
    `import { receiveFds, receiveFdsSync, sendFds, sendFdsSync, socketpair } from "vasty/mod.ts";
     const [left, right] = socketpair();
     await sendFds(left, [left]);
     console.log((await receiveFds(right)).fds.length);
     sendFdsSync(left, [left]);
     console.log(receiveFdsSync(right).fds.length);`,
    { under: injecting("sendmsg,recvmsg:error=EINTR:when=1+2") },
  );
  assertEquals([stdout, stderr], ["1\n1\n", ""]);
}, { needs: ["strace"], skip: noPtrace() });

test("receiveFds() keeps what has come from a peer that was killed", async () => {
  const { ours, child } = python(`socket.send_fds(s, [b"last"], [1])\nsys.stdin.read()`, "stream");
  await using _child = child;
  using socket = ours;
  const first = await receiveFds(socket, { maxBytes: 2, ...LIMIT });
  child.kill("KILL");
  await child.status;
  const rest = await receiveFds(socket, LIMIT);
  assertEquals([text(first.data), first.fds.length, text(rest.data)], ["la", 1, "st"]);
  for (const fd of first.fds) fd.close();
  assertEquals((await receiveFds(socket, LIMIT)).data.length, 0);
  await assertRejects(() => sendFds(socket, [0]), Deno.errors.BrokenPipe);
}, { needs: ["python3"] });
