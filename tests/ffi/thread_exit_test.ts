import { assertEquals, repository, test, within } from "../support/mod.ts";

/** What the main programs below begin with: their Web Workers, and a look at what stays of them. */
const PRELUDE = `
  import { pthread_key_create, pthread_key_delete, pthread_mutex_unlock } from "vasty/ffi/pthread.ts";
  import { read } from "vasty/ffi/unistd.ts";
  import { setNonBlocking } from "vasty/ffi/descriptors.ts";
  /** A Web Worker, and what it says first. */
  async function start(source) {
    const worker = new Worker("data:text/javascript," + encodeURIComponent(source), { type: "module" });
    return [worker, await new Promise((resolve, reject) => {
      worker.onmessage = ({ data }) => resolve(data);
      worker.onerror = (event) => reject(event.error ?? event.message);
    })];
  }
  /** How many threads there are whose names begin so. */
  function threads(name) {
    return [...Deno.readDirSync("/proc/self/task")].filter((task) => {
      // A thread may end between the listing and the look at it.
      try {
        return Deno.readTextFileSync("/proc/self/task/" + task.name + "/comm").startsWith(name);
      } catch {
        return false;
      }
    }).length;
  }
  async function until(isSo) {
    while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 2));
  }
  /** A new key, or -errno. */
  function newKey() {
    const key = new Int32Array(1);
    const rc = pthread_key_create(key, 0);
    return rc < 0 ? rc : key[0];
  }
  /** Bytes that wait in a pipe. */
  function unread(fd) {
    setNonBlocking(fd, true);
    return Math.max(0, read(fd, new Uint8Array(9), 9));
  }
`;

/** Run `main`, which may read /proc and is ended if it hangs, with the module `worker` as the text WORKER: what it prints. */
async function run(main: string, worker: string): Promise<string> {
  const folder = await Deno.makeTempDir();
  try {
    const text = `const WORKER = ${JSON.stringify(worker)};`;
    const root = new URL("../../", import.meta.url).href;
    const source = [PRELUDE, text, main].join("\n").replaceAll("vasty/", root);
    await Deno.writeTextFile(`${folder}/main.js`, source);
    const args = [String(within(60_000) / 1_000), Deno.execPath(), "run", "--allow-all", `${folder}/main.js`];
    const { stdout, stderr } = await new Deno.Command("timeout", { args, env: { NO_COLOR: "1" } }).output();
    assertEquals(new TextDecoder().decode(stderr), "");
    return new TextDecoder().decode(stdout);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** A Web Worker that has waited, with a thread and the reactor. */
const WAITS = `
  import { offload } from "vasty/ffi/workers.ts";
  import { bind } from "vasty/ffi/bind.ts";
  postMessage(await offload(bind("getpid", [], "int"), []).result);
`;

test("atThreadExit() takes one key of the process, whatever number of Web Workers come and go", async () => {
  const main = `
    const next = () => { const key = newKey(); pthread_key_delete(key); return key; };
    const keys = [];
    for (let i = 0; i < 4; i++) {
      const [worker] = await start(WORKER);
      keys.push(next());
      worker.terminate();
    }
    await until(() => threads("vasty-w") === 0);
    console.log(new Set(keys).size);`;
  assertEquals(await run(main, WAITS), "1\n");
});

test("atThreadExit() fails where the process has no key left, and so does what needs it", async () => {
  assertEquals(await run("while (newKey() >= 0); console.log((await start(WORKER))[1]); Deno.exit();", WAITS), "-11\n");
});

test("atThreadExit() of several copies on one thread: each is told of its end", async () => {
  const folder = await Deno.makeTempDir();
  try {
    // The same files by another URL.
    await Deno.symlink(repository("."), `${folder}/copy`);
    const worker = `
      const fds = [];
      for (const root of ["vasty/", "file://${folder}/copy/"]) {
        const { newPipe } = await import(root + "ffi/descriptors.ts");
        const { Block } = await import(root + "ffi/memory.ts");
        const { bind } = await import(root + "ffi/bind.ts");
        const { offload } = await import(root + "ffi/workers.ts");
        const [reader] = newPipe();
        offload(bind("read", ["int", "address", "long"], "long"), [reader, new Block(1).address, 1]);
      }
      postMessage("READY");`;
    const main = `
      const [worker] = await start(WORKER);
      console.log(threads("vasty-w") >= 2);
      worker.terminate();
      await until(() => threads("vasty-w") === 0);`;
    assertEquals(await run(main, worker), "true\n");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

test("a call that cannot be interrupted does not hold up the end of its Web Worker, and nothing is begun after it", async () => {
  // One thread: while it is in the first call, the second one lies in the pipe.
  const worker = `
    import { FRAME } from "vasty/ffi/abi/frame.ts";
    import { bind } from "vasty/ffi/bind.ts";
    import { newPipe } from "vasty/ffi/descriptors.ts";
    import { loop } from "vasty/ffi/loop.ts";
    import { Block } from "vasty/ffi/memory.ts";
    import { pthread_mutex_trylock } from "vasty/ffi/pthread.ts";
    import { newFrame } from "vasty/ffi/threads.ts";
    import { write } from "vasty/ffi/unistd.ts";
    const mutex = new Block(64);
    const [reader, writer] = newPipe();
    const frame = (name, ...args) => newFrame(bind(name, ["long", "long", "long"], "long").address(), args);
    pthread_mutex_trylock(mutex.address);
    const { threads } = loop();
    const first = frame("pthread_mutex_lock", mutex.address);
    threads.begin({ frame: first, returned() {} });
    while (first.get(new Int32Array(1), FRAME.TID)[0] === 0);
    const second = frame("write", writer, mutex.address, 1);
    write(threads.request, BigUint64Array.of(BigInt(second.address)), 8);
    onmessage = () => {};
    postMessage([mutex.address, reader]);`;
  const main = `
    const [worker, [mutex, reader]] = await start(WORKER);
    worker.terminate();
    // The name of the thread that runs its JavaScript.
    await until(() => threads("worker-") === 0);
    console.log(threads("vasty-w"));
    pthread_mutex_unlock(mutex);
    await until(() => threads("vasty-w") === 0);
    console.log(unread(reader));`;
  assertEquals(await run(main, worker), "1\n0\n");
});
