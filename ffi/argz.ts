/** <argz.h> */
import { bind } from "./bind.ts";

// Its result is itself the error's number; error_t argz_create(char *const argv[], char **argz, size_t *argz_len);
export const argz_create = bind("argz_create", ["address", "buffer", "buffer"], "code");
