/** <net/if.h> */
import { bind } from "./bind.ts";

// unsigned int if_nametoindex(const char *ifname);
export const if_nametoindex = bind("if_nametoindex", ["buffer"], "index");
