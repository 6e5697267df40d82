import { assertEquals, sample, test } from "../support/mod.ts";
import { type Ask, atTerminal } from "./person.ts";

/** Under emulation a program starts in seconds, and stops are the emulator's: the two that show the most run there. */
const needs = (chosen: boolean) => ({ needs: ["python3", "stty"], skip: sample(chosen) });
const NEEDS = needs(false);

/** A program that changes its terminal, says so, and goes on. */
const program = (then: string) => `
  import { SIG, sigaction, trap } from "vasty/lib/signals/mod.ts";
  import { setAttributes, stty } from "vasty/lib/terminals/mod.ts";
  void [SIG, sigaction, trap, setAttributes];
  const saved = stty(0, "-echo", "min 7");
  void saved;
  ${then}
`;
const WAITING = `console.log("READY"); setInterval(() => {}, 1_000_000);`;

/** Whether the terminal is as it was, which the program has changed by now. */
async function restored(ask: Ask, before: string): Promise<void> {
  assertEquals(await ask("stty", "-g"), before);
}

async function changed(ask: Ask, before: string): Promise<void> {
  assertEquals(await ask("stty", "-g") === before, false);
  assertEquals(/ -echo .*/.test(await ask("stty", "-a")), true);
}

/** The program at a terminal, whose settings from before it has changed when it has said so. */
function ready(then: string, person: (ask: Ask, before: string) => Promise<void>, job = true): Promise<void> {
  return atTerminal(program(then), async (ask) => {
    await ask("expect", "READY");
    await person(ask, await fresh());
  }, { job });
}

let settings: string | undefined;

/** What a new pty is set to. */
async function fresh(): Promise<string> {
  if (settings !== undefined) return settings;
  await atTerminal("", async (ask) => {
    await ask("ended");
    settings = await ask("stty", "-g");
  });
  return settings!;
}

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT"]) {
  test(
    `stty() is put back when ${signal} ends the program, and its parent sees that signal`,
    () =>
      ready(WAITING, async (ask, before) => {
        await changed(ask, before);
        await ask("kill", signal);
        assertEquals(await ask("ended"), `ended by ${signal}`);
        await restored(ask, before);
      }),
    needs(signal === "SIGINT"),
  );
}

test("stty() is put back when ^C is typed", () =>
  ready(WAITING, async (ask, before) => {
    await ask("type", "\x03");
    assertEquals(await ask("ended"), "ended by SIGINT");
    await restored(ask, before);
  }), NEEDS);

test(
  "stty() is put back when ^C is typed while a password is read, and the echo is off until then",
  () =>
    ready(`console.log("READY"); await Deno.stdin.read(new Uint8Array(9));`, async (ask, before) => {
      await ask("type", "secr");
      await changed(ask, before);
      await ask("type", "\x03");
      assertEquals(await ask("ended"), "ended by SIGINT");
      await restored(ask, before);
    }),
  NEEDS,
);

const ENDS: [how: string, code: string, status: string][] = [
  ["by itself", ``, "exit 0"],
  ["by Deno.exit", `Deno.exit(3);`, "exit 3"],
  ["by an uncaught error", `throw new Error("uncaught");`, "exit 1"],
  ["by an uncaught error of a timer", `setTimeout(() => { throw new Error("uncaught"); }, 0);`, "exit 1"],
  ["by a rejection", `Promise.reject(new Error("uncaught"));`, "exit 1"],
];

for (const [how, code, status] of ENDS) {
  test(
    `stty() is put back when the program ends ${how}`,
    () =>
      ready(`console.log("READY"); ${code}`, async (ask, before) => {
        assertEquals(await ask("ended"), status);
        await restored(ask, before);
      }),
    needs(how === "by Deno.exit"),
  );
}

const TELLS = `
  let turn = 0;
  SIG.CONT = () => console.log("CONTINUED " + ++turn);
  ${WAITING}
`;

test(
  "stty() is set again, to what the program had last, once it is continued in the foreground",
  () =>
    ready(`setAttributes(0, { minimum: 9 }); ${TELLS}`, async (ask, before) => {
      const during = await ask("stty", "-g");
      for (const turn of ["1", "2", "3"]) {
        await ask("type", "\x1a");
        assertEquals(await ask("stopped"), "stopped by SIGTSTP");
        await restored(ask, before);
        await ask("fg");
        await ask("expect", `CONTINUED ${turn}`);
        assertEquals(await ask("stty", "-g"), during);
      }
    }),
  NEEDS,
);

test(
  "stty() leaves the terminal to the shell when the program is continued in the background, and takes it at fg",
  () =>
    ready(TELLS, async (ask, before) => {
      const during = await ask("stty", "-g");
      await ask("type", "\x1a");
      assertEquals(await ask("stopped"), "stopped by SIGTSTP");
      await ask("bg");
      await ask("expect", "CONTINUED 1");
      await restored(ask, before);
      await ask("fg");
      await ask("expect", "CONTINUED 2");
      assertEquals(await ask("stty", "-g"), during);
    }),
  NEEDS,
);

test(
  "stty() changes nothing of a shell's when a program ends that was continued in the background",
  () =>
    ready(TELLS, async (ask) => {
      await ask("type", "\x1a");
      await ask("stopped");
      await ask("bg");
      await ask("expect", "CONTINUED 1");
      await ask("stty", "min", "77");
      const shells = await ask("stty", "-g");
      await ask("kill", "SIGTERM");
      assertEquals(await ask("ended"), "ended by SIGTERM");
      await restored(ask, shells);
    }),
  NEEDS,
);

test(
  "stty() is set again after SIGSTOP and a shell that sets the terminal for itself",
  () =>
    ready(TELLS, async (ask, before) => {
      const during = await ask("stty", "-g");
      await ask("kill", "SIGSTOP");
      assertEquals(await ask("stopped"), "stopped by SIGSTOP");
      await ask("stty", before);
      await ask("fg");
      await ask("expect", "CONTINUED 1");
      assertEquals(await ask("stty", "-g"), during);
    }),
  NEEDS,
);

test("stty() stays where SIGTSTP stops nothing, in an orphaned group", () =>
  ready(
    `SIG.WINCH = () => console.log("ALIVE"); ${WAITING}`,
    async (ask) => {
      const during = await ask("stty", "-g");
      await ask("kill", "SIGTSTP");
      // Of two that are pending the kernel delivers the lower number first.
      await ask("kill", "SIGWINCH");
      await ask("expect", "ALIVE");
      assertEquals(await ask("stty", "-g"), during);
    },
    false,
  ), NEEDS);

test(
  "stty() stays when a signal comes that the program handles",
  () =>
    ready(`SIG.INT = () => console.log("HANDLED"); ${WAITING}`, async (ask) => {
      const during = await ask("stty", "-g");
      await ask("type", "\x03");
      await ask("expect", "HANDLED");
      await restored(ask, during);
    }),
  NEEDS,
);

test("stty() is there again after a signal that Deno.addSignalListener listens to", () =>
  ready(
    `Deno.addSignalListener("SIGINT", () => setTimeout(() => console.log("HEARD"), 300)); ${WAITING}`,
    async (ask) => {
      const during = await ask("stty", "-g");
      await ask("type", "\x03");
      await ask("expect", "HEARD");
      await restored(ask, during);
    },
  ), NEEDS);

test(
  "stty() is put back when a trap() ends the program, after its cleanup",
  () =>
    ready(`trap(() => console.log("CLEAN")); ${WAITING}`, async (ask, before) => {
      await ask("kill", "SIGTERM");
      await ask("expect", "CLEAN");
      assertEquals(await ask("ended"), "ended by SIGTERM");
      await restored(ask, before);
    }),
  NEEDS,
);

test(
  "stty() stays after keep(), also when a signal ends the program",
  () =>
    ready(`saved.keep(); ${WAITING}`, async (ask) => {
      const during = await ask("stty", "-g");
      await ask("kill", "SIGTERM");
      assertEquals(await ask("ended"), "ended by SIGTERM");
      await restored(ask, during);
    }),
  NEEDS,
);

test("stty() is put back no more once the terminal was hung up, and that is no error", () =>
  ready(
    `SIG.HUP = () => { saved.restore(); Deno.exit(5); }; ${WAITING}`,
    async (ask) => {
      await ask("hangup");
      assertEquals(await ask("ended"), "exit 5");
    },
  ), NEEDS);

test("stty() and setAttributes() set a terminal from its background, and stop nobody", () =>
  ready(
    `sigaction("SIGCONT", () => {
      saved.restore();
      using again = stty(0, "min 99");
      setAttributes(0, { time: 5_000 });
      again.keep();
      console.log("SET");
    }); ${WAITING}`,
    async (ask) => {
      await ask("type", "\x1a");
      await ask("stopped");
      await ask("bg");
      await ask("expect", "SET");
      assertEquals(/ min = 99; time = 50;/.test(await ask("stty", "-a")), true);
    },
  ), NEEDS);

test("stty() in a Web Worker is put back when the program is told to end", () =>
  atTerminal(
    `
    import { stty } from "vasty/lib/terminals/mod.ts";
    if ("WorkerGlobalScope" in globalThis) {
      stty(0, "-echo");
      console.log("READY");
    } else new Worker(import.meta.url, { type: "module" });
    setInterval(() => {}, 1_000_000);
  `,
    async (ask) => {
      await ask("expect", "READY");
      await ask("type", "\x03");
      assertEquals(await ask("ended"), "ended by SIGINT");
      assertEquals(await ask("stty", "-g"), await fresh());
    },
    { flags: ["--allow-read"] },
  ), NEEDS);
