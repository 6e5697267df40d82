import { SyscallError } from "../../lib/core/mod.ts";
import { notify, notifyBarrier, notifySync } from "../../lib/servers/mod.ts";
import { socket } from "../../lib/sockets/mod.ts";
import { run } from "../../lib/processes/mod.ts";
import { assert, assertEquals, assertRejects, assertThrows, denoSource, test, within } from "../support/mod.ts";
import { Supervisor } from "./supervisor.ts";

test("notify() and notifySync() tell the supervisor, which sees who it was", async () => {
  for (const at of ["path", "abstract"] as const) {
    await using supervisor = await Supervisor.start(at);
    assert(await notify({ ready: true, status: "serving", mainPid: 7 }));
    assertEquals(await supervisor.told(), { pid: Deno.pid, text: "READY=1\nSTATUS=serving\nMAINPID=7", fds: [] });
    assert(notifySync({ stopping: true }));
    assertEquals((await supervisor.told()).text, "STOPPING=1");
  }
}, { needs: ["python3"] });

test("notify() says what systemd-notify(1) says", async () => {
  await using supervisor = await Supervisor.start();
  await run(["systemd-notify", "--no-block", "--ready", "--status=a b", "ERRNO=2", "X_MINE=3"]);
  const theirs = await supervisor.told();
  await notify({ ready: true, status: "a b", errno: 2, others: { X_MINE: "3" } });
  assertEquals((await supervisor.told()).text, theirs.text);
}, { needs: ["python3", "systemd-notify"] });

test("notifyBarrier() waits until the supervisor has dealt with all", async () => {
  await using supervisor = await Supervisor.start();
  assert(await notifyBarrier({ timeout: within(5_000) }));
  const { text, fds } = await supervisor.told();
  assertEquals([text, fds], ["BARRIER=1", ["pipe"]]);
}, { needs: ["python3"] });

test("notify() without a supervisor does nothing", async () => {
  for (const value of [undefined, ""]) {
    if (value !== undefined) Deno.env.set("NOTIFY_SOCKET", value);
    try {
      assertEquals([await notify({ ready: true }), notifySync({ ready: true }), await notifyBarrier()], [
        false,
        false,
        false,
      ]);
    } finally {
      Deno.env.delete("NOTIFY_SOCKET");
    }
  }
});

test("notify() names a supervisor that is gone, and refuses an address that is none", async () => {
  Deno.env.set("NOTIFY_SOCKET", "/no/such/socket");
  try {
    const error = await assertRejects(() => notify({ ready: true })) as SyscallError;
    assertEquals([error.code, error.path], ["ENOENT", "/no/such/socket"]);
    assertThrows(() => notifySync({ ready: true }), SyscallError as never, "ENOENT");
    for (const bad of ["relative", "@", "/", "vsock:2:1"]) {
      Deno.env.set("NOTIFY_SOCKET", bad);
      assertThrows(() => notifySync({ ready: true }), Deno.errors.InvalidData, bad);
    }
  } finally {
    Deno.env.delete("NOTIFY_SOCKET");
  }
});

test("notify() gives up with its signal, and when the supervisor reads nothing", async () => {
  const folder = await Deno.makeTempDir();
  using deaf = socket("PF_UNIX", "SOCK_DGRAM");
  deaf.bind({ path: `${folder}/notify` });
  Deno.env.set("NOTIFY_SOCKET", `${folder}/notify`);
  try {
    const reason = await assertRejects(async () => {
      for (;;) await notify({ watchdog: true }, { timeout: 30 });
    }) as Error;
    assertEquals(reason.name, "TimeoutError");
    const stop = AbortSignal.abort("enough");
    assertEquals(await notify({ ready: true }, { signal: stop }).catch((reason) => reason), "enough");
    assertThrows(() => notifySync({ ready: true }, { timeout: 20 }), DOMException, "Timed out");
  } finally {
    Deno.env.delete("NOTIFY_SOCKET");
    await Deno.remove(folder, { recursive: true });
  }
});

test("notify() asks for permission, and removes the variable if that is wanted", async () => {
  const source = `
    import { notify } from "vasty/mod.ts";
    console.log(await notify({ ready: true }, { unsetEnvironment: true }).catch((error) => error.message), Deno.env.get("NOTIFY_SOCKET"));`;
  await using supervisor = await Supervisor.start();
  const path = Deno.env.get("NOTIFY_SOCKET")!;
  const env = "--allow-env=NOTIFY_SOCKET";
  const flags = [env, `--allow-net=unix:${path}`, `--allow-read=${path}`, `--allow-write=${path}`];
  const said = [];
  for (const given of [flags, [env]]) said.push((await denoSource(source, { flags: given })).stdout);
  assertEquals(said[0], "true undefined\n");
  assert(said[1]!.startsWith("Requires read access"), said[1]);
  assertEquals((await supervisor.told()).text, "READY=1");
}, { needs: ["python3"] });
