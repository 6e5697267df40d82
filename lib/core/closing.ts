/** Who wants to know that a descriptor is about to be closed, beyond what epoll(7) knows: calls that block on it. */

const watchers = new WeakMap<object, Set<() => void>>();

/** Have `closing` called when `fd` is closed or released, until the result is disposed of. */
export function onClosing(fd: object, closing: () => void): Disposable {
  let set = watchers.get(fd);
  if (set === undefined) watchers.set(fd, set = new Set());
  set.add(closing);
  return { [Symbol.dispose]: () => void set.delete(closing) };
}

/** `fd` is closed or released now. */
export function tellClosing(fd: object): void {
  const set = watchers.get(fd);
  if (set !== undefined) { for (const closing of [...set]) closing(); }
}
