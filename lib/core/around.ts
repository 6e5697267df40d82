/** How code of the library runs in the child of an `openSelf` around the export that it was started for. */

/** Called in place of the export, with the arguments that were ordered; it calls the export as it sees fit. */
export type Wrapper = (run: (...args: unknown[]) => unknown, args: unknown[]) => unknown;

/** Which wrapper, and the file that registers it: the one that calls {@linkcode wrapExports}, or the bundle that it is in. */
export interface Around {
  readonly module: string;
  readonly name: string;
}

/** What a fresh Deno has been told by its command line, as far as it concerns wrappers. */
interface Wrapping {
  wrappers?: Record<string, Wrapper>;
}

/** The option of an `openSelf` that holds an {@linkcode Around}; the same in every copy of the library. */
export const AROUND: unique symbol = Symbol.for("vasty.around");

/** Offer a wrapper, where this is a child of an `openSelf`: the first copy of the library that is loaded is the parent's own. */
export function wrapExports(name: string, wrapper: Wrapper): void {
  const self = (globalThis as { [key: symbol]: Wrapping | undefined })[Symbol.for("vasty.self")];
  if (self !== undefined) (self.wrappers ??= {})[name] ??= wrapper;
}
