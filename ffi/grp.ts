/** <grp.h> */
import { bind } from "./bind.ts";

// int getgrnam_r(const char *name, struct group *grp, char *buf, size_t buflen, struct group **result);
export const getgrnam_r = bind("getgrnam_r", ["buffer", "address", "address", "long", "address"], "code");

// int getgrouplist(const char *user, gid_t group, gid_t *groups, int *ngroups);
export const getgrouplist = bind("getgrouplist", ["buffer", "int", "buffer", "buffer"], "int");

// int setgroups(size_t size, const gid_t *list);
export const setgroups = bind("setgroups", ["long", "buffer"], "int");
