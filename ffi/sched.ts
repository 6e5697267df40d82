/** <sched.h> */
import { bind } from "./bind.ts";

// int sched_yield(void);
export const sched_yield = bind("sched_yield", [], "int");
