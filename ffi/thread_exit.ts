/** What is to be done when a thread ends that runs JavaScript: Deno closes nothing then. */
import { pthread_key_create, pthread_setspecific } from "./pthread.ts";

/** Have the adaptor `destructor(argument)` called when this thread ends. */
export function atThreadExit(destructor: number, argument: number): void {
  const key = new Int32Array(1);
  if (pthread_key_create(key, destructor) === 0) pthread_setspecific(key[0]!, argument);
}
