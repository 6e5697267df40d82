/** Whether what one owner waits for keeps the process alive. */
export class Holding {
  #on = true;
  #waits: Set<(on: boolean) => void> | undefined;

  /** Whether waits keep the process alive, those that are under way and later ones. */
  get on(): boolean {
    return this.#on;
  }

  /** Have them keep it alive, or not. */
  hold(on: boolean): void {
    this.#on = on;
    this.#waits?.forEach((change) => change(on));
  }

  /** A wait has begun, which `change` tells about it, at once where it does not hold; until the result is disposed of. */
  watch(change: (on: boolean) => void): Disposable {
    if (!this.#on) change(false);
    const waits = this.#waits ??= new Set();
    waits.add(change);
    return { [Symbol.dispose]: () => void waits.delete(change) };
  }
}

/** What says whether waiting for a child keeps the process alive, where that is nobody's but the library's own to say. */
export const HOLD: unique symbol = Symbol.for("vasty.hold");

/** A child that has it. */
export interface Holdable {
  [HOLD](on: boolean): void;
}

/** Whether waits for a thing keep the process alive, for those that wait for it in its place. */
export const holdings: WeakMap<object, Holding> = new WeakMap();
