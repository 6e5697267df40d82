/** <string.h> */
import { bind } from "./bind.ts";

// size_t strlen(const char *s);
export const strlen = bind("strlen", ["address"], "value");

// char *strerror(int errnum);
export const strerror = bind("strerror", ["int"], "pointer");
