import { spawn } from "../../lib/processes/mod.ts";
import { poll } from "../../lib/sockets/mod.ts";
import { openPty, Pty } from "../../lib/terminals/mod.ts";
import { assert, assertEquals, denoSource, test } from "../support/mod.ts";
import { numbers } from "../support/proc.ts";
import { bytes, Screen } from "./programs/screen.ts";

test("Pty: a program that spawn() starts has its slave as controlling terminal", async () => {
  await using pty = openPty({ rows: 40, cols: 132 });
  const { slave } = pty;
  const options = { stdin: slave, stdout: slave, stderr: slave, session: true, controllingTerminal: 0 };
  await using child = spawn(["sh", "-c", "tty; stty size </dev/tty"], options);
  pty.closeSlave();
  assertEquals(await new Screen(pty).all(), `${pty.path}\r\n40 132\r\n`);
  assert((await child.status).success);
  assertEquals([pty.bytesRead, pty.bytesWritten], [pty.path.length + 10, 0]);
});

test("Pty: takes one descriptor, also while it is read and written", async () => {
  const before = numbers("/proc/self/fd").length;
  const all = Array.from({ length: 50 }, () => openPty());
  for (const pty of all) assert(pty.slave.number > 2);
  const reads = all.map((pty) => pty.read(new Uint8Array(10)));
  assertEquals(numbers("/proc/self/fd").length - before, 100);
  for (const pty of all) pty.closeSlave();
  assertEquals(numbers("/proc/self/fd").length - before, 50);
  assertEquals(await Promise.all(reads), Array(50).fill(null));
  for (const pty of all) pty.close();
});

test("Pty: is closed by using and by await using", async () => {
  let outer: Pty;
  {
    using pty = openPty();
    outer = pty;
  }
  assertEquals([outer.closed, outer instanceof Pty], [true, true]);
  {
    await using pty = openPty();
    outer = pty;
  }
  assertEquals(outer.closed, true);
});

test("Pty: poll() sees what has come", async () => {
  using pty = openPty();
  assert(pty.slave.number > 2);
  assertEquals((await poll([pty], { timeout: 0 })).ready, []);
  await pty.write(bytes("a"));
  assertEquals((await poll([{ source: pty, read: true }], { timeout: 1_000 })).readable, [pty]);
});

test("Pty: works in a Web Worker, with the path of libc and the program alone", async () => {
  const source = `
    import { spawnPty } from "vasty/mod.ts";
    if ("WorkerGlobalScope" in globalThis) {
      await using child = spawnPty(["cat"]);
      const buffer = new Uint8Array(100);
      await child.write(new TextEncoder().encode("hello\\n"));
      let text = "";
      while (text.length < 14) text += new TextDecoder().decode(buffer.subarray(0, (await child.read(buffer))!));
      await child.sendEof();
      postMessage([text, (await child.status).code, await child.read(buffer)]);
    } else {
      const worker = new Worker(import.meta.url, { type: "module" });
      worker.onmessage = ({ data }) => {
        console.log(JSON.stringify(data));
        worker.terminate();
      };
    }`;
  const { stdout, stderr } = await denoSource(source, { flags: ["--allow-run=cat", "--allow-read"] });
  assertEquals([stdout, stderr], ['["hello\\r\\nhello\\r\\n",0,null]\n', ""]);
});
