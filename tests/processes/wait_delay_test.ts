import {
  capture,
  captureSync,
  type ExitStatus,
  lines,
  linesSync,
  open3,
  openPipe,
  pipeline,
  run,
  runSync,
  shell,
  spawn,
  type SpawnOptions,
} from "../../lib/processes/mod.ts";
import { checkWaitDelay } from "../../lib/processes/wait_delay.ts";
import {
  assert,
  assertEquals,
  assertRejects,
  assertThrows,
  denoSource,
  EMULATED,
  killPrinted,
  test,
  within,
} from "../support/mod.ts";

/** What keeps the pipe open says its number first, so that the test can end it. */
const KEEPS = "sleep 60 & echo $!; exit 3";

function end(stdout: string): void {
  killPrinted(stdout);
}

const FORMS = { capture, captureSync } as unknown as Record<string, typeof capture>;
const NO_PIDFD = EMULATED && "emulation may have no pidfd, and a blocked thread waits for the pipe then";

for (const [name, form] of Object.entries(FORMS)) {
  const skip = name === "captureSync" && NO_PIDFD;

  test(`${name}() returns waitDelay after the command's end, with what came, marked incomplete`, async () => {
    for (const waitDelay of [0, 100]) {
      const begun = performance.now();
      const captured = await form(shell(KEEPS), { waitDelay, check: false });
      const took = performance.now() - begun;
      end(captured.stdout);
      assertEquals([captured.incomplete, captured.status.code], [true, 3]);
      assert(took >= waitDelay && took < within(waitDelay + 300), `${took} ms`);
    }
  }, { skip });

  test(`${name}() takes what comes within waitDelay, and is complete if the pipes end in it`, async () => {
    const { stdout, incomplete } = await form(shell("(sleep 0.1; echo late) & echo early"), { waitDelay: 10_000 });
    assertEquals([stdout, incomplete], ["early\nlate\n", false]);
    assertEquals((await form(["true"])).incomplete, false);
    assertEquals((await form(["true"], { waitDelay: 0 })).incomplete, false);
  });

  test(`${name}() ends with a grandchild that writes for ever`, async () => {
    const captured = await form(shell("echo $$; yes & echo $!; exit 0"), { waitDelay: 20 });
    assert(captured.incomplete && captured.stdout.includes("y\ny\n"));
  }, { skip });

  test(`${name}() keeps every byte that was in the pipe when it is cut`, async () => {
    const script = "sleep 60 & echo $!; head -c 60000 /dev/zero; exit 0";
    const { stdoutBytes, stdout } = await form(shell(script), { waitDelay: 0 });
    end(stdout);
    assertEquals(stdoutBytes.length, 60_000 + stdout.indexOf("\n") + 1);
  }, { skip });

  test(`${name}() does not wait for a grandchild that reads its input no further`, async () => {
    const begun = performance.now();
    const script = "exec 3<&0; sleep 60 <&3 >/dev/null 2>&1 3<&- & echo $!; exit 0";
    const { stdout } = await form(shell(script), { input: "x".repeat(1 << 20), waitDelay: 50 });
    end(stdout);
    assert(performance.now() - begun < within(2_000));
  }, { skip });
}

test("run() and runSync() do not wait for a grandchild that reads its input no further", async () => {
  const file = await Deno.makeTempFile();
  const script = `exec 3<&0; sleep 60 <&3 3<&- & echo $! >${file}; exit 0`;
  try {
    for (const form of [run, runSync] as (typeof run)[]) {
      const begun = performance.now();
      assert((await form(shell(script), { input: "x".repeat(1 << 20), waitDelay: 50 })).success);
      assert(performance.now() - begun < within(2_000));
      end(await Deno.readTextFile(file));
    }
  } finally {
    await Deno.remove(file);
  }
}, { skip: NO_PIDFD });

test("lines() and linesSync() end waitDelay after the command's end, with every line that had come", async () => {
  const script = "sleep 60 & echo $!; seq 5000; exit 0";
  const found: string[] = [];
  for await (const line of lines(shell(script), { waitDelay: 50 })) {
    found.push(line);
    // A slow reader: the delay passes while most of it is still in the pipe.
    if (found.length === 2) await new Promise((resolve) => setTimeout(resolve, 150));
  }
  end(found[0]!);
  assertEquals([found.length, found.at(-1)], [5_001, "5000"]);
  if (EMULATED) return;
  const blocked = [...linesSync(shell(script), { waitDelay: 50 })];
  end(blocked[0]!);
  assertEquals([blocked.length, blocked.at(-1)], [5_001, "5000"]);
});

test("lines() waits for the end of the pipe if nothing is said", async () => {
  assertEquals(await Array.fromAsync(lines(shell("(sleep 0.2; echo late) & echo early"))), ["early", "late"]);
});

test("capture() spares a short program the first timer", async () => {
  const source = `
    import { capture } from "vasty/mod.ts";
    const real = globalThis.setTimeout;
    let timers = 0;
    globalThis.setTimeout = (...rest) => (timers++, real(...rest));
    for (let i = 0; i < 50; i++) await capture(["sh", "-c", "echo x; echo y >&2"]);
    console.log(timers);
  `;
  assertEquals((await denoSource(source, { flags: ["--allow-run"] })).stdout, "0\n");
});

test("waitDelay that makes no sense is refused before anything is started", async () => {
  for (const waitDelay of [-1, NaN]) {
    assertThrows(() => checkWaitDelay(waitDelay), RangeError, "waitDelay");
    await assertRejects(() => capture(["no-such-program"], { waitDelay }), RangeError);
    assertThrows(() => captureSync(["no-such-program"], { waitDelay }), RangeError);
  }
});

/** Ends at once; what it has started says its number, and keeps the pipe open. */
const LINGERING = shell("sleep 60 & echo $!; exit 0");
interface Read extends AsyncDisposable {
  readonly status: Promise<ExitStatus>;
}
const READS: Record<string, (options: SpawnOptions) => [Read, ReadableStream<Uint8Array<ArrayBuffer>>]> = {
  "spawn()": (options) => {
    const child = spawn(LINGERING, { ...options, stdout: "piped" });
    return [child, child.stdout];
  },
  "openPipe()": (options) => {
    const opened = openPipe("-|", LINGERING, options);
    return [opened, opened.readable];
  },
  "open3()": (options) => {
    const opened = open3(LINGERING, options);
    return [opened, opened.stdout];
  },
  "pipeline()": (options) => {
    const joined = pipeline([["true"], LINGERING], options);
    return [joined, joined.stdout];
  },
  "pipeline() with the errors of all": (options) => {
    const joined = pipeline([["true"], shell(`(${LINGERING.at(-1)}) >&2`)], { ...options, stderr: "piped" });
    return [joined, joined.stderr];
  },
};

for (const [name, read] of Object.entries(READS)) {
  test(`${name} ends a read at its limit where the command has ended, but not what it has started`, async () => {
    const controller = new AbortController();
    for (const timeout of [within(500), undefined]) {
      const begun = performance.now();
      const [opened, stream] = read({ signal: controller.signal, timeout });
      await using _opened = opened;
      const reader = stream.getReader();
      const { value } = await reader.read();
      assert((await opened.status).success);
      const reading = reader.read();
      if (timeout === undefined) controller.abort(new Error("enough"));
      const aborted = performance.now();
      await assertRejects(() => reading, Error, timeout === undefined ? "enough" : "Timed out");
      const took = timeout === undefined ? performance.now() - aborted : performance.now() - begun - timeout;
      killPrinted(new TextDecoder().decode(value));
      assert(took < within(100), `${took} ms`);
    }
  });
}
