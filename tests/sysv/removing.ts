/** Objects that are removed at the end of a test, and what is asked of them meanwhile. */
import type { SemaphoreSet } from "../../mod.ts";
import { until } from "../pipes/fifo_folder.ts";
import { EMULATED, repository } from "../support/mod.ts";

/** The object, which is removed at the end of the block, if it has not been before. */
export function removing<T extends Disposable & { remove(): void }>(object: T): Disposable & { object: T } {
  const remove = () => {
    try {
      object.remove();
    } catch {
      // It is gone, or closed.
    }
    object[Symbol.dispose]();
  };
  return { object, [Symbol.dispose]: remove };
}

/** Until so many threads of all processes wait for a semaphore, for more of it or for 0. */
export async function awaited(set: SemaphoreSet, num: number, count = 1): Promise<void> {
  await until(() => {
    const { increase, zero } = set.waiting(num);
    return increase + zero === count;
  });
}

/** A program that another user runs. */
export const NOBODY = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"];

/** Why no other user can run a program here. */
export function notNobody(): string | false {
  if (Deno.uid() !== 0 || EMULATED) return "only root can start a program of another user";
  const [program, ...args] = [...NOBODY, "test", "-r", repository("mod.ts"), "-a", "-x", Deno.execPath()];
  const readable = new Deno.Command(program!, { args }).outputSync().success;
  return !readable && "another user may not read this repository";
}
