import { type AttributeOptions, attributesOf, needExecute } from "../../lib/processes/attributes.ts";
import { spawn } from "../../lib/processes/mod.ts";
import { assertEquals, assertThrows, denoSource, test } from "../support/mod.ts";

const WRONG: [options: unknown, error: new () => Error, text: string][] = [
  [{ session: true, processGroup: true }, TypeError, "session and processGroup exclude each other"],
  [{ controllingTerminal: 0 }, TypeError, "controllingTerminal needs session: true"],
  [{ controllingTerminal: 0, session: "member" }, TypeError, "controllingTerminal needs session: true"],
  [{ controllingTerminal: 0, session: true, foreground: 0 }, TypeError, "exclude each other"],
  [{ controllingTerminal: -1, session: true }, RangeError, "controllingTerminal is an integer from 0 to 65535, not -1"],
  [{ umask: 0o1000 }, RangeError, "umask is an integer from 0 to 511, not 512"],
  [{ umask: -1 }, RangeError, "umask"],
  [{ nice: 20 }, RangeError, "nice is an integer from -20 to 19, not 20"],
  [{ nice: 1.5 }, RangeError, "nice"],
  [{ processGroup: 0 }, RangeError, "processGroup"],
  [{ affinity: [] }, RangeError, "affinity needs at least one processor"],
  [{ affinity: [-1] }, RangeError, "affinity"],
  [{ rlimits: { FILES: 1 } }, TypeError, 'There is no limit of "FILES"'],
  [{ rlimits: { NOFILE: -1 } }, RangeError, "rlimits.NOFILE cannot be -1"],
  [{ rlimits: { NOFILE: NaN } }, RangeError, "rlimits.NOFILE"],
  [{ rlimits: { FSIZE: 2 ** 64 } }, RangeError, "rlimits.FSIZE cannot be 18446744073709552000"],
  [{ rlimits: { FSIZE: { soft: 0, hard: Number.MAX_VALUE } } }, RangeError, "rlimits.FSIZE"],
  [{ rlimits: { FILES: undefined } }, TypeError, 'There is no limit of "FILES"'],
  [{ rlimits: { NOFILE: { soft: 10, hard: 5 } } }, RangeError, "the soft limit 10 is above the hard one, 5"],
  [{ parentDeathSignal: "NONE" }, TypeError, 'There is no signal "NONE"'],
  [{ blockedSignals: ["NONE"] }, TypeError, 'There is no signal "NONE"'],
  [{ ignoredSignals: ["NONE"] }, TypeError, 'There is no signal "NONE"'],
  [{ user: "no such user" }, TypeError, 'There is no user "no such user"'],
  [{ group: "no such group" }, TypeError, 'There is no group "no such group"'],
  [{ groups: [-1] }, TypeError, "There is no group -1"],
  [{ user: "a\0b" }, TypeError, "NUL"],
];

for (const [options, error, text] of WRONG) {
  test(`attributesOf() refuses ${Deno.inspect(options)}`, () => {
    assertThrows(() => attributesOf(options as AttributeOptions), error, text);
    assertThrows(() => spawn(["true"], options as AttributeOptions), error, text);
  });
}

const ENGINE: [options: AttributeOptions, execute: boolean][] = [
  [{}, false],
  [{ session: true }, false],
  [{ processGroup: true }, false],
  [{ processGroup: 1 }, true],
  [{ blockedSignals: ["USR1"] }, false],
  [{ ignoredSignals: ["HUP"] }, true],
  [{ umask: 0 }, true],
  [{ nice: 0 }, true],
  [{ noNewPrivileges: true }, true],
  [{ rlimits: { CORE: 0 } }, true],
  [{ rlimits: { CORE: undefined } }, false],
  [{ foreground: 0 }, true],
  [{ session: true, controllingTerminal: 0 }, true],
  [{ group: 0 }, true],
];

for (const [options, execute] of ENGINE) {
  test(`needExecute() is ${execute} for ${Deno.inspect(options)}`, () => {
    assertEquals(needExecute(attributesOf(options)), execute);
  });
}

test("attributesOf() refuses a death signal in a Web Worker, whose end would send it", async () => {
  const source = `
    import { spawn } from "vasty/mod.ts";
    if ("WorkerGlobalScope" in globalThis) {
      try {
        spawn(["true"], { parentDeathSignal: "TERM" });
      } catch (error) {
        postMessage(String(error));
      }
    } else {
      const worker = new Worker(import.meta.url, { type: "module" });
      worker.onmessage = ({ data }) => {
        console.log(data);
        worker.terminate();
      };
    }`;
  const { stdout } = await denoSource(source, { flags: ["--allow-run", "--allow-read"] });
  assertEquals(stdout.startsWith("TypeError: parentDeathSignal would come when this Web Worker ends"), true, stdout);
});
