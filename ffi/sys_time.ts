/** <sys/time.h> */
import { bind } from "./bind.ts";

// int setitimer(__itimer_which_t which, const struct itimerval *newvalue, struct itimerval *oldvalue);
export const setitimer = bind("setitimer", ["int", "buffer", "buffer"], "int");

// int getitimer(__itimer_which_t which, struct itimerval *value);
export const getitimer = bind("getitimer", ["int", "buffer"], "int");
