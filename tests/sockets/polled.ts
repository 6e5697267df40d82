/** What the tests of poll() wait for. */
import { loop } from "../../ffi/loop.ts";
import { write } from "../../ffi/unistd.ts";
import type { Fd } from "../../lib/core/mod.ts";
import { type Pipe, pipe } from "../../lib/pipes/mod.ts";
import { poll, type PollResult, pollSync } from "../../lib/sockets/mod.ts";
import { assertEquals, within } from "../support/mod.ts";

/** What the kernel says is registered with the reactor, by descriptor. */
export function registered(): string {
  const path = `/proc/${Deno.pid}/fdinfo/${loop().epoll.fd}`;
  const { stdout } = new Deno.Command("grep", { args: ["-o", "^tfd: *[0-9]*", path] }).outputSync();
  return new TextDecoder().decode(stdout);
}

/** Pipes that are closed at the end. */
export class Pipes implements Disposable {
  readonly all: Pipe[];
  constructor(count: number) {
    this.all = Array.from({ length: count }, () => pipe());
  }
  [Symbol.dispose](): void {
    for (const { reader, writer } of this.all) reader.close(), writer.close();
  }
}

/** Write some bytes. */
export const put = (fd: Fd, length = 1): number => write(fd.number, new Uint8Array(length), length);

/** Both twins have to say the same of what is ready. */
export async function both<T extends Parameters<typeof pollSync>[0]>(items: T): Promise<PollResult> {
  const found = await poll(items, { timeout: within(5_000) });
  assertEquals(pollSync(items, { timeout: within(5_000) }), found);
  return found;
}
