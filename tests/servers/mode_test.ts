import type { Mode, ServerWork } from "../../lib/servers/mode.ts";
import { settingsOf } from "../../lib/servers/serve_options.ts";
import { Server } from "../../lib/servers/server.ts";
import { listen } from "../../lib/sockets/mod.ts";
import { assertEquals, test } from "../support/mod.ts";

/** Takes nothing, and keeps what it is told. */
class Recording implements Mode {
  readonly count = 0;
  readonly calls: string[] = [];
  readonly #idle = Promise.withResolvers<void>();
  readonly idle: Promise<void> = this.#idle.promise;

  constructor(readonly work: ServerWork) {}

  start(): void {
    this.calls.push("start");
  }

  stopTaking(): void {
    const [listener] = this.work.listeners;
    this.calls.push(`stopTaking ${this.work.stopping.aborted} ${listener!.closed}`);
  }

  end(): void {
    this.calls.push(`end ${this.work.listeners[0]!.closed}`);
    this.#idle.resolve();
  }
}

test("Mode is given the listening sockets, and told in this order: start, stopTaking, end", async () => {
  const listener = await listen({ hostname: "127.0.0.1" });
  let mode!: Recording;
  const server = new Server([listener], [], settingsOf(() => {}, {}), (work) => mode = new Recording(work));
  assertEquals([mode.work.listeners, mode.work.datagrams, mode.calls], [[listener], [], ["start"]]);
  const stopped = server.stop();
  assertEquals(mode.calls, ["start", "stopTaking true false"]);
  await server.stop();
  await stopped;
  assertEquals(mode.calls.slice(2), ["end true"]);
});
