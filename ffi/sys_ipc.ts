/** <sys/ipc.h> */
import { bind } from "./bind.ts";

// key_t ftok(const char *pathname, int proj_id);
export const ftok = bind("ftok", ["buffer", "int"], "int");
