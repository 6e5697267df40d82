// permissions: --allow-ffi={libc} --allow-run={1}
/**
 * `background CMD...`: starts CMD in the background, prints its process id, and ends at once; CMD goes on.
 *
 * It leaves no zombie: CMD is init's once this program has ended.
 */
import { background } from "../../lib/processes/mod.ts";
import { print, run, UsageError } from "../program.ts";

await run({
  name: "background",
  usage: "CMD...",
  main: (command) => {
    if (command.length === 0) return Promise.reject(new UsageError());
    print(`${background(command)}`);
    return Promise.resolve();
  },
});
