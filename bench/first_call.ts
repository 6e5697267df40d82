/** Run by start_up.ts in a fresh process: prints the milliseconds that opening libc and the first call take. */
import { libc } from "../ffi/libc.ts";
import { close } from "../ffi/unistd.ts";
import { timed } from "./measure.ts";

const opened = timed(() => void libc());
const called = timed(() => void close(-1));
console.log(JSON.stringify({ opened, called }));
