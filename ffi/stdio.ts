/** <stdio.h> */
import { bind } from "./bind.ts";

// int rename(const char *from, const char *to);
export const rename = bind("rename", ["buffer", "buffer"], "int");
