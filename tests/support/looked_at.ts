/** How much is looked through, counted and not timed. */

/** What has indexOf(), where text is searched: strings, or bytes. */
interface Searched {
  length: number;
  indexOf(what: unknown, from?: number): number;
}

/** How many elements indexOf() looks at until `work` is done: of all strings (`String`), or of all bytes (`Uint8Array`). */
export async function lookedAt(kind: typeof String | typeof Uint8Array, work: () => Promise<void>): Promise<number> {
  const prototype = kind.prototype as unknown as Searched;
  const own = Object.getOwnPropertyDescriptor(prototype, "indexOf");
  const { indexOf } = prototype;
  let looked = 0;
  prototype.indexOf = function (this: Searched, what, from = 0) {
    const at = indexOf.call(this, what, from);
    looked += (at < 0 ? this.length : at + 1) - from;
    return at;
  };
  try {
    await work();
    return looked;
  } finally {
    if (own) Object.defineProperty(prototype, "indexOf", own);
    else delete (prototype as Partial<Searched>).indexOf;
  }
}
