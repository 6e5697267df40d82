/** What is to be done when a thread ends that runs JavaScript: Deno closes nothing then. */
import { pthread_key_create, pthread_key_delete, pthread_setspecific } from "./pthread.ts";

/** Have the adaptor `destructor(argument)` called when this thread ends, unless what is returned is called before. */
export function atThreadExit(destructor: number, argument: number): () => void {
  const key = new Int32Array(1);
  if (pthread_key_create(key, destructor) !== 0) return () => {};
  pthread_setspecific(key[0]!, argument);
  return () => void pthread_key_delete(key[0]!);
}
