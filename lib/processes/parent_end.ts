/** What is done for children when this program ends by itself or by Deno.exit(); in a Web Worker, by its Deno.exit() alone. */

const ends = new Map<object, () => void>();

function endAll(): void {
  for (const end of ends.values()) {
    try {
      end();
    } catch {
      // EPERM: the others are still to be told, and nobody would hear of it.
    }
  }
}

/** Have `end` called at the end of the program, until {@linkcode forgetEnd} of the same `child`. */
export function atParentEnd(child: object, end: () => void): void {
  if (ends.size === 0) addEventListener("unload", endAll);
  ends.set(child, end);
}

/** `child` has ended before. */
export function forgetEnd(child: object): void {
  if (ends.delete(child) && ends.size === 0) removeEventListener("unload", endAll);
}
