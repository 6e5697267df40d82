import { notifyText } from "../../lib/servers/notify_fields.ts";
import { readProc } from "../support/proc.ts";
import { assert, assertEquals, assertThrows, test } from "../support/mod.ts";

test("notifyText() has sd_notify's words for everything", () => {
  const text = notifyText({
    ready: true,
    stopping: true,
    status: "é",
    errno: 28,
    busError: "org.example.Full",
    exitStatus: 255,
    mainPid: 1,
    watchdog: true,
    watchdogTimeout: 1.5,
    extendTimeout: 2_000,
    notifyAccess: "all",
    others: { X_A: "b c" },
  });
  assertEquals(text.split("\n"), [
    "READY=1",
    "STOPPING=1",
    "STATUS=é",
    "ERRNO=28",
    "BUSERROR=org.example.Full",
    "EXIT_STATUS=255",
    "MAINPID=1",
    "WATCHDOG=1",
    "WATCHDOG_USEC=1500",
    "EXTEND_TIMEOUT_USEC=2000000",
    "NOTIFYACCESS=all",
    "X_A=b c",
  ]);
  assertEquals(notifyText({ watchdog: "trigger", ready: false }), "WATCHDOG=trigger");
  assertEquals(notifyText({}), "");
});

test("notifyText() says when a reload began, by the clock that systemd uses", () => {
  const uptime = Number(/^\d+/.exec(readProc("/proc/uptime"))![0]);
  const [word, time] = notifyText({ reloading: true }).split("\n");
  assertEquals(word, "RELOADING=1");
  const seconds = Number(/^MONOTONIC_USEC=(\d+)$/.exec(time!)![1]) / 1e6;
  // The other one counts the time that the machine has slept as well.
  assert(seconds > 0 && seconds < uptime + 10, `${seconds}, up ${uptime}`);
});

test("notifyText() refuses what would be another assignment, and numbers that are none", () => {
  assertThrows(() => notifyText({ status: "a\nREADY=1" }), TypeError, "one line");
  assertThrows(() => notifyText({ others: { "A=B": "" } }), TypeError, "name of an assignment");
  for (
    const bad of [{ errno: -1 }, { mainPid: 0 }, { exitStatus: 256 }, { extendTimeout: NaN }, { watchdogTimeout: -1 }]
  ) {
    assertThrows(() => notifyText(bad), RangeError);
  }
});
