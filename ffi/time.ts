/** <time.h> */
import { bind } from "./bind.ts";

// int clock_gettime(clockid_t clockid, struct timespec *tp);
export const clock_gettime = bind("clock_gettime", ["int", "buffer"], "int");
