import { bind } from "../../ffi/bind.ts";
import { newPipe } from "../../ffi/descriptors.ts";
import { loop } from "../../ffi/loop.ts";
import { READABLE, ready } from "../../ffi/reactor.ts";
import { close, read, write } from "../../ffi/unistd.ts";
import { offload } from "../../ffi/workers.ts";
import {
  assert,
  assertEquals,
  assertMatch,
  deno,
  denoCommand,
  denoSource,
  repository,
  sample,
  test,
  within,
} from "../support/mod.ts";

/** What the programs below begin with. */
const PRELUDE = `
  import { bind } from "vasty/ffi/bind.ts";
  import { newPipe } from "vasty/ffi/descriptors.ts";
  import { loop } from "vasty/ffi/loop.ts";
  import { Block } from "vasty/ffi/memory.ts";
  import { READABLE, ready } from "vasty/ffi/reactor.ts";
  import { read, write } from "vasty/ffi/unistd.ts";
  import { offload } from "vasty/ffi/workers.ts";
  const [reader, writer] = newPipe();
  const pause = bind("pause", [], "int");
  const block = new Block(1);
  const give = () => write(writer, Uint8Array.of(1), 1);
  const take = () => read(reader, new Uint8Array(1), 1);
  async function rounds(count) {
    for (let i = 0; i < count; i++) {
      give();
      await ready(reader, READABLE).result;
      take();
    }
  }
`;

/** A program that hangs is ended after this many seconds, and its exit code is 124. */
const PATIENCE = String(within(20_000) / 1_000);

interface Case {
  /** What the process does. */
  ends: string;
  source: string;
  code?: number;
  stdout?: string;
}

// Each in a program of its own, which has to come to its end by itself.
const ENDING: Case[] = [
  { ends: "when nothing has been waited for", source: "give();" },
  { ends: "after a parked wait", source: "await rounds(3); console.log('served');", stdout: "served\n" },
  {
    ends: "after a worker's call",
    source: "console.log(await offload(bind('getpid', [], 'int'), []).result === Deno.pid);",
    stdout: "true\n",
  },
  { ends: "after a promoted wait", source: "await loop().promote(); await rounds(3);" },
  { ends: "after more waits than are parked", source: "await rounds(200);" },
  {
    ends: "after a cancelled wait",
    source: "const wait = ready(reader, READABLE); wait.cancel(); console.log(await wait.result);",
    stdout: "-125\n",
  },
  {
    ends: "after a cancelled call",
    source: "const wait = offload(pause, []); wait.cancel(); console.log(await wait.result);",
    stdout: "-125\n",
  },
  { ends: "while a wait is pending that began unref'd", source: "ready(reader, READABLE, false);" },
  { ends: "while a call is blocked that began unref'd", source: "offload(pause, [], false);" },
  {
    ends: "while a parked wait is pending that was unref'd later",
    source: "const wait = ready(reader, READABLE); setTimeout(() => wait.unref(), 20);",
  },
  {
    ends: "while a call is blocked that was unref'd later",
    source: "const wait = offload(pause, []); setTimeout(() => wait.unref(), 20);",
  },
  {
    ends: "while a promoted wait is pending that was unref'd",
    source: "await loop().promote(); ready(reader, READABLE).unref();",
  },
  {
    ends: "after an uncaught error beside a parked wait",
    source: "ready(reader, READABLE); setTimeout(() => { throw new Error('mine'); }, 20);",
    code: 1,
  },
  {
    ends: "after an uncaught error beside a promoted wait",
    source: "await loop().promote(); ready(reader, READABLE); throw new Error('mine');",
    code: 1,
  },
  {
    ends: "after an uncaught error beside a blocked call",
    source: "offload(pause, []); setTimeout(() => { throw new Error('mine'); }, 20);",
    code: 1,
  },
  {
    ends: "by Deno.exit() beside a parked wait",
    source: "ready(reader, READABLE); setTimeout(() => Deno.exit(7), 20);",
    code: 7,
  },
  {
    ends: "by Deno.exit() beside a blocked call",
    source: "offload(pause, []); setTimeout(() => Deno.exit(7), 20);",
    code: 7,
  },
];

for (const { ends, source, code = 0, stdout = "" } of ENDING) {
  test(`the process ends by itself ${ends}`, async () => {
    const ended = await denoSource(PRELUDE + source, { under: ["timeout", PATIENCE] });
    assertEquals([ended.code, ended.stdout], [code, stdout]);
    if (code === 1) assertMatch(ended.stderr, /Uncaught .*Error: mine/);
    else assertEquals(ended.stderr, "");
  }, { skip: sample(/^while|exit/.test(ends)) });
}

const SERVED: Case[] = [
  { ends: "parked", source: "" },
  { ends: "promoted", source: "await loop().promote();" },
  {
    ends: "of a worker",
    source:
      "serve = () => offload(bind('read', ['int', 'address', 'long'], 'long'), [reader, block.address, 1], false);",
  },
];

for (const { ends, source } of SERVED) {
  test(`an unref'd wait is served while the process lives, ${ends}`, async () => {
    const ended = await denoSource(
      `${PRELUDE}
      let serve = () => ready(reader, READABLE, false);
      ${source}
      const wait = serve();
      const alive = setTimeout(() => console.log("never served"), 10_000);
      wait.result.then((value) => (console.log(value >= 0), clearTimeout(alive)));
      // Only after the loop has turned, so that it is served by what waits for it and not at once.
      setTimeout(give, 20);
    `,
      { under: ["timeout", PATIENCE] },
    );
    assertEquals([ended.stdout, ended.stderr, ended.code], ["true\n", "", 0]);
  });
}

test("an unref'd wait that had no descriptors for a thread is served once there are some", async () => {
  const source = `${PRELUDE}
    // Deno makes descriptors for its signals half a second after the start, and cannot do without.
    Deno.addSignalListener("SIGWINCH", () => {});
    await import("node:net");
    const files = [];
    function fill() {
      try { for (;;) files.push(Deno.openSync("/dev/null")); } catch { /* all are taken */ }
    }
    fill();
    for (let i = 0; i < 2; i++) files.pop().close();
    const wait = ready(reader, READABLE, false);
    fill();
    // By then it has been tried.
    await null;
    await new Promise((resolve) => setTimeout(resolve, 0));
    await loop().promote();
    console.log(loop().threads);
    for (const file of files) file.close();
    give();
    setTimeout(() => (console.log("never served"), Deno.exit()), 10_000);
    console.log(await wait.result === READABLE);
    Deno.exit();
  `;
  const options = { under: ["timeout", PATIENCE, "prlimit", "--nofile=64"], flags: ["--allow-read=/dev/null"] };
  const { stdout, stderr } = await denoSource(source, options);
  assertEquals([stdout, stderr], ["-24\ntrue\n", ""]);
}, { needs: ["prlimit"] });

test("what comes while somebody is told of something needs no other thread to tell of it", async () => {
  const { stdout } = await denoSource(`${PRELUDE}
    import { libc } from "vasty/ffi/libc.ts";
    const library = libc();
    const park = library.parkedEpollWait;
    let parked = 0;
    library.parkedEpollWait = (...args) => (parked++, park(...args));
    for (let i = 0; i < 30; i++) {
      const wait = ready(reader, READABLE);
      give();
      await wait.result;
      take();
    }
    console.log(parked);
  `);
  // The first one, and those before which the program was held up.
  assert(Number(stdout) >= 1 && Number(stdout) < 15, stdout);
});

test("a wait that is unref'd and ref'd again keeps the process alive and is served", async () => {
  const { stdout } = await denoSource(
    `${PRELUDE}
    const wait = ready(reader, READABLE);
    wait.unref(); wait.ref(); wait.unref();
    await new Promise((resolve) => setTimeout(resolve, 20));
    wait.ref();
    setTimeout(give, 20);
    console.log(await wait.result === READABLE);
  `,
    { under: ["timeout", PATIENCE] },
  );
  assertEquals(stdout, "true\n");
});

for (const promoted of ["", "await loop().promote();"]) {
  test(`a pending wait keeps the process alive, ${promoted === "" ? "parked" : "promoted"}`, async () => {
    const program = repository("tests/ffi/programs/waits_for_input.ts");
    const [command, ...args] = denoCommand(program, { args: [promoted] });
    await using child = new Deno.Command(command!, { args, stdin: "piped", stdout: "piped" }).spawn();
    const reading = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
    assertEquals((await reading.read()).value, "READY\n");
    // Nothing but the wait is left of it by now: the end of its input is what ends it.
    await child.stdin.close();
    assertEquals((await reading.read()).value, "the input has ended\n");
    assertEquals((await reading.read()).done, true);
    assertEquals((await child.status).code, 0);
  });
}

test("the loop moves to its own thread after 64 parked waits, and not before", async () => {
  const { stdout, stderr } = await deno(repository("tests/ffi/programs/counts_threads.ts"), {
    flags: ["--allow-run=sh"],
    under: ["timeout", PATIENCE],
  });
  assertEquals([stdout, stderr], ["60 waits: 0 threads\n200 waits: 1 threads\n", ""]);
});

test("ready() is served while other waits come and go, and in the order of events", async () => {
  const pipes = Array.from({ length: 100 }, () => newPipe() as [number, number]);
  const served: number[] = [];
  const waits = pipes.map(([reader], i) => ready(reader, READABLE).result.then(() => served.push(i)));
  for (const i of [7, 99, 0]) {
    write(pipes[i]![1], Uint8Array.of(1), 1);
    await waits[i];
  }
  assertEquals(served, [7, 99, 0]);
  for (const [, writer] of pipes) close(writer);
  await Promise.all(waits);
  assertEquals(new Set(served).size, 100);
  for (const [reader] of pipes) close(reader);
});

test("a wait and a worker's call can both be pending, and each ends by itself", async () => {
  const [reader, writer] = newPipe() as [number, number];
  const call = offload(bind("pause", [], "int"), []);
  const wait = ready(reader, READABLE);
  write(writer, Uint8Array.of(1), 1);
  assertEquals(await wait.result, READABLE);
  call.cancel();
  assertEquals(await call.result, -125);
  assertEquals(read(reader, new Uint8Array(2), 2), 1);
  [reader, writer].forEach((fd) => close(fd));
});

test("Loop.promote() can be asked for twice", async () => {
  assertEquals(loop().promote(), loop().promote());
  await loop().promote();
});
