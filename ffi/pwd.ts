/** <pwd.h> */
import { bind } from "./bind.ts";

// int getpwnam_r(const char *name, struct passwd *pwd, char *buf, size_t buflen, struct passwd **result);
export const getpwnam_r = bind("getpwnam_r", ["buffer", "address", "address", "long", "address"], "code");

// int getpwuid_r(uid_t uid, struct passwd *pwd, char *buf, size_t buflen, struct passwd **result);
export const getpwuid_r = bind("getpwuid_r", ["int", "address", "address", "long", "address"], "code");
