/**
 * The locks that this thread's asynchronous changes hold or wait for. Such a change goes on when the thread has time for it, so
 * who blocks the thread to take the same lock would wait for ever.
 */
import { keyText } from "./key.ts";

const changes = new Map<number, number>();

/** A change begins that takes the lock with this id; it is over when the result is disposed of. */
export function beginChange(id: number): Disposable {
  changes.set(id, (changes.get(id) ?? 0) + 1);
  const end = () => {
    const left = changes.get(id)! - 1;
    if (left === 0) changes.delete(id);
    else changes.set(id, left);
  };
  return { [Symbol.dispose]: end };
}

/** @throws {Deno.errors.Busy} if who blocks this thread to take the lock with this id would wait for it. */
export function checkNoChange(id: number, key: number): void {
  if (!changes.has(id)) return;
  throw new Deno.errors.Busy(
    `A change of ${keyText(key)} by this thread is not over: to block the thread would be to wait for ever`,
  );
}
