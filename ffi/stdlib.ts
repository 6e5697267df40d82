/** <stdlib.h> */
import { bind } from "./bind.ts";

// void *calloc(size_t nmemb, size_t size);
export const calloc = bind("calloc", ["long", "long"], "pointer");

// void free(void *ptr);
export const free = bind("free", ["address"], "void");

// char *getenv(const char *name);
export const getenv = bind("getenv", ["buffer"], "value");

// int unsetenv(const char *name);
export const unsetenv = bind("unsetenv", ["buffer"], "int");
