/** <sys/prctl.h> */
import { bind } from "./bind.ts";

// int prctl(int option, ...);
export const prctl = bind("prctl", ["int", "long", "long", "long", "long"], "int");
