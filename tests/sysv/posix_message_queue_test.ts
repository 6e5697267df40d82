import { type PosixMessage, PosixMessageQueue } from "../../mod.ts";
import { assertEquals, test } from "../support/mod.ts";
import { asleep, freshName, PEER, PosixPeer, said } from "./posix_peer.ts";

/** So that a mistake fails instead of hanging. */
const LIMIT = { timeout: 30_000 };

const words = (messages: PosixMessage[]) => messages.map((message) => `${message.priority}:${message.text()}`);

test("PosixMessageQueue is as a C program sees it, and the other way round", async () => {
  await using peer = await PosixPeer.compile();
  const name = freshName();
  await peer.run("mq-create", name, 3, 100);
  using queue = PosixMessageQueue.open(name);
  assertEquals([queue.created, queue.maxMessages, queue.messageSize], [false, 3, 100]);
  assertEquals(queue.stat(), {
    maxMessages: 3,
    messageSize: 100,
    messages: 0,
    uid: Deno.uid()!,
    gid: Deno.gid()!,
    mode: 0o640 & ~Deno.umask(),
  });
  await peer.run("mq-send", name, 4, "from C", "again");
  await queue.send("from here", { priority: 9 });
  assertEquals(await peer.run("mq-stat", name), "3 100 3");
  assertEquals(words([await queue.receive(), await queue.receive()]), ["9:from here", "4:from C"]);
  assertEquals(await peer.run("mq-receive", name, 1), "READY\n4:again");
  queue.unlink();
}, PEER);

test("PosixMessageQueue and a C program wait for each other", async () => {
  await using peer = await PosixPeer.compile();
  const name = freshName();
  using queue = PosixMessageQueue.create(name, { maxMessages: 1, messageSize: 100 });
  await using receiver = await peer.start("mq-receive", name, 3);
  await asleep(receiver);
  for (const text of ["a", "b", "c"]) await queue.send(text, LIMIT);
  assertEquals(await said(receiver), ["0:a", "0:b", "0:c"]);
  await using sender = await peer.start("mq-send", name, 2, "d", "e", "f");
  await asleep(sender);
  const got = [await queue.receive(LIMIT), queue.receiveSync(LIMIT), await queue.receive(LIMIT)];
  assertEquals(words(got), ["2:d", "2:e", "2:f"]);
  assertEquals(await said(sender), []);
  queue.unlink();
}, PEER);

test("PosixMessageQueue: what a killed receiver waited for goes to the next", async () => {
  await using peer = await PosixPeer.compile();
  const name = freshName();
  using queue = PosixMessageQueue.create(name, { maxMessages: 1, messageSize: 100 });
  await using receiver = await peer.start("mq-receive", name, 1);
  await asleep(receiver);
  const ours = queue.receive(LIMIT);
  receiver.child.kill("SIGKILL");
  await said(receiver);
  await queue.send("to the living");
  assertEquals((await ours).text(), "to the living");
  queue.unlink();
}, PEER);

test("PosixMessageQueue that is unlinked goes on for those who have it, and its name is free", async () => {
  const name = freshName();
  using queue = PosixMessageQueue.create(name);
  using same = PosixMessageQueue.open(name);
  const waiting = same.receive(LIMIT);
  queue.unlink();
  using other = PosixMessageQueue.create(name, { exclusive: true });
  other.unlink();
  await other.send("to the other");
  await queue.send("to the old");
  assertEquals((await waiting).text(), "to the old");
});

/** Mounts where the kernel shows queues, for itself alone. */
const SHOW = 'mount -t mqueue none "$0" && ls "$0" && cat "$0/$1"';

/** Whether this program may mount anything: containers mostly forbid it, and it is not what is tested. */
async function mayMount(): Promise<boolean> {
  const args = ["--mount", "sh", "-c", "mount -t mqueue none /tmp"];
  return (await new Deno.Command("unshare", { args, stderr: "null" }).output()).success;
}

test("PosixMessageQueue is shown where queues are mounted, until it is unlinked", async () => {
  if (!await mayMount()) return;
  const name = freshName();
  const folder = await Deno.makeTempDir();
  const shown = async () => {
    const args = ["--mount", "sh", "-c", SHOW, folder, name.slice(1)];
    const { stdout } = await new Deno.Command("unshare", { args, stderr: "null" }).output();
    return new TextDecoder().decode(stdout).split(/\s+/);
  };
  using queue = PosixMessageQueue.create(name);
  await queue.send("12345");
  const before = await shown();
  queue.unlink();
  assertEquals([before.includes(name.slice(1)), before.includes("QSIZE:5")], [true, true]);
  assertEquals((await shown()).includes(name.slice(1)), false);
  await Deno.remove(folder);
}, { needs: ["unshare", "mount"] });
