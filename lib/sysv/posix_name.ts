/** What POSIX queues, semaphores and shared memory are found by. */
import { encodeForCall } from "../../ffi/text.ts";

/** The longest name of a file, without the slash. */
const NAME_MAX = 255;

/**
 * The name without its slash. C libraries differ in what they take; this is what all of them do (mq_overview(7),
 * sem_overview(7), shm_overview(7)).
 *
 * @param name As the user has given it: `"/queue"`.
 * @param added Bytes that the system puts before it.
 * @throws {TypeError} if it does not begin with the only slash in it, or has a NUL character.
 * @throws {RangeError} if it is too long.
 */
export function posixName(name: string, added = 0): string {
  const bare = typeof name === "string" && name.startsWith("/") ? name.slice(1) : "";
  if (bare === "" || bare === "." || bare === ".." || /[/\0]/.test(bare)) {
    const rule = "A name begins with a slash, which is the only one in it, and has no NUL character";
    throw new TypeError(`${rule}: ${Deno.inspect(name)}`);
  }
  const length = encodeForCall(bare).length;
  const longest = NAME_MAX - added;
  if (length > longest) throw new RangeError(`A name has at most ${longest} bytes after its slash, not ${length}`);
  return bare;
}
