/** What tools/eager.ts has functions put into classes with: a bundle has them once, and its modules use them by name. */

/** Make `value` the method called `name`. */
export function putMethod(target: object, name: PropertyKey, value: unknown): void {
  Object.defineProperty(target, name, { value, writable: true, configurable: true });
}

/** Make `get` the getter called `name`. */
export function putGetter(target: object, name: PropertyKey, get: () => unknown): void {
  Object.defineProperty(target, name, { get, configurable: true });
}
