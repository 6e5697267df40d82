import {
  CONTINUE,
  EOF,
  Expect,
  type Fd,
  listen,
  mkfifo,
  openFifo,
  socketpair,
  spawn,
  SyscallError,
  TIMEOUT,
} from "../../mod.ts";
import { Connection } from "../../mod.ts";
import { assert, assertEquals, assertRejects, children, test } from "../support/mod.ts";

/** Ask `cat` behind `dialog`. */
async function talk(dialog: Expect): Promise<void> {
  for (let round = 0; round < 20; round++) {
    await dialog.sendLine(`line ${round} é`);
    const { before } = await dialog.expect(/line (\d+) é\n/);
    assertEquals(before, "");
  }
}

/** `cat` behind a socket. */
function catOn(fd: Fd): AsyncDisposable {
  const child = spawn(["cat"], { stdin: fd, stdout: fd });
  fd.close();
  return child;
}

test("a dialog with a connection of the library", async () => {
  const [ours, its] = socketpair();
  await using _cat = catOn(its.fd);
  const connection = Connection.fromFd(ours.fd);
  await using dialog = new Expect(connection);
  await talk(dialog);
  await dialog.sendEof();
  await dialog.expect(EOF);
  await dialog[Symbol.asyncDispose]();
  assert(connection.closed);
});

test("a dialog with the streams of a socket", async () => {
  const [ours, its] = socketpair();
  await using _cat = catOn(its.fd);
  await using dialog = new Expect(ours);
  await talk(dialog);
  await dialog[Symbol.asyncDispose]();
  assert(ours.fd.closed);
});

test("a dialog with Deno's own connections", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const connecting = Deno.connect({ port: listener.addr.port });
  const accepted = await listener.accept();
  const echo = accepted.readable.pipeTo(accepted.writable);
  await using dialog = new Expect(await connecting);
  await talk(dialog);
  await dialog.sendEof();
  await dialog.expect(EOF);
  await echo;
});

test("a dialog with Deno's own child", async () => {
  const child = new Deno.Command("cat", { stdin: "piped", stdout: "piped" }).spawn();
  {
    await using dialog = new Expect(child);
    await talk(dialog);
  }
  await child.status;
});

test("a dialog over two FIFOs", async () => {
  const folder = await Deno.makeTempDir();
  const [there, back] = [`${folder}/there`, `${folder}/back`];
  mkfifo(there);
  mkfifo(back);
  await using _sh = spawn(["sh", "-c", 'cat < "$0" > "$1"', there, back]);
  using writer = await openFifo(there, "w");
  using reader = await openFifo(back, "r");
  await using dialog = new Expect({ readable: reader.readable, writable: writer.writable });
  await talk(dialog);
  await dialog.sendEof();
  await dialog.expect(EOF);
  await Deno.remove(folder, { recursive: true });
});

test("a dialog with a FIFO that is only read", async () => {
  const path = `${await Deno.makeTempDir()}/queue`;
  mkfifo(path);
  await using _sh = spawn(["sh", "-c", 'echo hello > "$0"', path]);
  await using dialog = new Expect(await openFifo(path, "r"));
  await dialog.expect("hello\n");
  await Deno.remove(path);
});

test("disposing of a dialog terminates its child", async () => {
  const before = children().length;
  {
    await using dialog = new Expect(spawn(["sh", "-c", "echo ready; sleep 60"], { stdin: "piped", stdout: "piped" }));
    await dialog.expect("ready");
  }
  assertEquals(children().length, before);
});

test("a child whose standard input is no pipe can only be read", async () => {
  await using dialog = new Expect(spawn(["echo", "hello"], { stdout: "piped" }));
  await dialog.expect("hello");
  await assertRejects(() => dialog.send("x"), TypeError, "can only be read");
});

test("a child that is killed in mid-dialog ends it, after what it wrote", async () => {
  const child = spawn(["sh", "-c", "echo half; read x; kill -9 $$"], { stdin: "piped", stdout: "piped" });
  await using dialog = new Expect(child);
  await dialog.expect({ pattern: "half", transfer: false });
  await dialog.sendLine();
  await assertRejects(() => dialog.expect("whole"), Deno.errors.UnexpectedEof, 'there is "half\\n"');
  assertEquals((await dialog.expect([EOF, TIMEOUT])).before, "half\n");
  assertEquals((await child.status).signal, "SIGKILL");
});

test("a peer that resets the connection is an error, after what came before", async () => {
  using listener = await listen({ hostname: "127.0.0.1", port: 0 });
  const { hostname, port } = listener.addr as Deno.NetAddr;
  const connecting = Deno.connect({ hostname, port });
  const accepted = await listener.accept();
  using client = await connecting;
  await using dialog = new Expect(client);
  await accepted.write(new TextEncoder().encode("words"));
  await dialog.expect({ pattern: "words", transfer: false });
  accepted.reset();
  await assertRejects(() => dialog.expect([EOF, "more"]), Deno.errors.ConnectionReset);
  await dialog.expect("words");
});

test("a dialog with a child takes the end as often as it is asked for", async () => {
  await using dialog = new Expect(spawn(["printf", "a b c"], { stdin: "null", stdout: "piped" }));
  const words: string[] = [];
  const { before } = await dialog.expect([
    {
      pattern: " ",
      action: ({ before }) => {
        words.push(before);
        return CONTINUE;
      },
    },
    EOF,
  ]);
  assertEquals([...words, before], ["a", "b", "c"]);
  assert(!(await assertRejects(() => dialog.expect("x"), Error) instanceof SyscallError));
});
