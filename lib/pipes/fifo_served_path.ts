/** The name under which a FIFO is served, and the FIFO that is there. */
import { INOTIFY } from "../../ffi/abi/sys_inotify.ts";
import { aboveStandard } from "../../ffi/descriptors.ts";
import { cString } from "../../ffi/memory.ts";
import { rename } from "../../ffi/stdio.ts";
import { inotify_add_watch, inotify_init1 } from "../../ffi/sys_inotify.ts";
import { identityAt } from "../../ffi/sys_stat.ts";
import { read, unlink } from "../../ffi/unistd.ts";
import { check } from "../core/errors.ts";
import { Fd } from "../core/fd.ts";
import { waitReadable } from "../core/readiness.ts";
import { makeFifo, removeFifo } from "./fifo.ts";
import { Place } from "./fifo_place.ts";

/** The name where the FIFO is, and the FIFO that is ours there. */
export class ServedPath {
  readonly name: string;
  readonly #mode: number;
  #place: Place;

  constructor(name: string, mode: number) {
    this.name = name;
    this.#mode = mode;
    this.#place = this.#take();
  }

  /** The FIFO that is there, or a new one. @throws {SyscallError} EEXIST if something else is there. */
  #take(): Place {
    for (;;) {
      const found = identityAt(this.name);
      if (typeof found === "number" || found.kind !== "FIFO") makeFifo(this.name, this.#mode);
      try {
        return Place.of(this.name, `open FIFO ${JSON.stringify(this.name)}`, "the file itself");
      } catch (error) {
        if (!(error instanceof Deno.errors.NotFound)) throw error;
      }
    }
  }

  /** Until a reader has come: the descriptor for it. Nothing if the FIFO is gone or `signal` aborted. */
  async accept(signal: AbortSignal): Promise<Fd | undefined> {
    if (!this.#place.inPlace) this.#replace(this.#take());
    const place = this.#place;
    using watch = watchOf(place, this.name);
    if (!place.inPlace) return undefined;
    const over = new AbortController();
    const either = AbortSignal.any([signal, over.signal]);
    const gone = untilGone(place, watch, either).then(() => over.abort(), () => {});
    try {
      return await place.open("write", { signal: either });
    } catch (error) {
      if (either.aborted) return undefined;
      throw error;
    } finally {
      over.abort();
      await gone;
    }
  }

  /**
   * Put a fresh FIFO in the place of the one that has its reader, unless somebody else has put something there.
   *
   * @returns The one that has its reader, for {@linkcode letGo} once that is served.
   */
  renew(): Place | undefined {
    if (!this.#place.inPlace) return undefined;
    const folder = this.name.slice(0, this.name.lastIndexOf("/") + 1);
    const fresh = `${folder}.fifo-${crypto.randomUUID().slice(0, 8)}`;
    makeFifo(fresh, this.#mode);
    const rc = rename(cString(fresh), cString(this.name));
    if (rc < 0) unlink(cString(fresh));
    check(rc, `renew FIFO ${JSON.stringify(this.name)}`, "rename", { path: this.name });
    const former = this.#place;
    this.#place = this.#take();
    return former;
  }

  #replace(place: Place): void {
    letGo(this.#place);
    this.#place = place;
  }

  /** Remove it, if it is still ours. */
  leave(): void {
    try {
      if (this.#place.inPlace) removeFifo(this.name);
    } finally {
      letGo(this.#place);
    }
  }
}

/** Whoever has found the FIFO just before it lost its name waits for a writer: let it see an end. */
export function letGo(place: Place): void {
  try {
    place.openNow("write").close();
  } catch {
    // ENXIO: nobody.
  } finally {
    place[Symbol.dispose]();
  }
}

/** An inotify(7) descriptor that tells when `place` loses its name or gets another. */
function watchOf(place: Place, name: string): Fd {
  const doing = `watch FIFO ${JSON.stringify(name)}`;
  const flags = INOTIFY.IN_NONBLOCK | INOTIFY.IN_CLOEXEC;
  const watch = Fd.adopt(check(aboveStandard(inotify_init1(flags)), doing, "inotify_init1", { path: name }));
  // Of a file that is held open the removal shows as a change of its number of links.
  const events = INOTIFY.IN_ATTRIB | INOTIFY.IN_MOVE_SELF | INOTIFY.IN_DELETE_SELF;
  const rc = inotify_add_watch(watch.number, cString(place.path), events);
  if (rc < 0) watch.close();
  check(rc, doing, "inotify_add_watch", { path: name });
  return watch;
}

/** A new mode or owner is an event as well, and no reason to turn away a reader that has just come. */
async function untilGone(place: Place, watch: Fd, signal: AbortSignal): Promise<void> {
  const events = new Uint8Array(4096);
  do {
    await waitReadable(watch, { signal });
    while (read(watch.number, events, events.length) > 0);
  } while (place.inPlace);
}
