/** <sys/file.h> */
import { bind } from "./bind.ts";

// int flock(int fd, int operation);
export const flock = bind("flock", ["int", "int"], "int");
