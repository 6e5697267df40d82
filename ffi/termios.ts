/** <termios.h> */
import { bind } from "./bind.ts";

// int tcgetattr(int fd, struct termios *termios_p);
export const tcgetattr = bind("tcgetattr", ["int", "buffer"], "int");
