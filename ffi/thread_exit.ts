/**
 * What is to be done when a thread ends that runs JavaScript: Deno closes nothing then.
 *
 * A process has 1024 keys of thread-specific data, and no thread's end gives one back. So there is one for all copies of the
 * library, under which each thread has a list: one may run several copies, at once or one after the other.
 *
 * @module
 */
import { CATCHER, EXIT } from "./abi/frame.ts";
import { compareExchange32, load32 } from "./atomic.ts";
import { Block } from "./memory.ts";
import { pthread_getspecific, pthread_key_create, pthread_key_delete, pthread_setspecific } from "./pthread.ts";
import { signalRecord } from "./signal_record.ts";
import { gettid } from "./unistd.ts";

/**
 * Have the adaptor `destructor(argument)` called when this thread ends, unless what is returned is called before. -errno
 * if that cannot be.
 */
export function atThreadExit(destructor: number, argument: number): (() => void) | number {
  // With the first thread the process ends.
  if (gettid() === Deno.pid) return () => {};
  const key = exitKey();
  if (key < 0) return key;
  const place = new Block(EXIT.SIZE);
  place.put(BigInt64Array.of(BigInt(pthread_getspecific(key)), BigInt(destructor), BigInt(argument)), EXIT.NEXT);
  const rc = pthread_setspecific(key, place.address);
  if (rc < 0) {
    place.free();
    return rc;
  }
  return () => place.put(new BigInt64Array(1), EXIT.DESTRUCTOR);
}

/** The key of the process, made by whoever is first; -EAGAIN if all are taken. */
function exitKey(): number {
  const { data, depart } = signalRecord();
  const known = load32(data + CATCHER.EXIT_KEY);
  if (known !== 0) return known - 1;
  const key = new Int32Array(1);
  const rc = pthread_key_create(key, depart);
  if (rc < 0) return rc;
  const others = compareExchange32(data + CATCHER.EXIT_KEY, 0, key[0]! + 1);
  if (others === 0) return key[0]!;
  pthread_key_delete(key[0]!);
  return others - 1;
}
