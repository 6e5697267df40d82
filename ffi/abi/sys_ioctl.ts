/** <sys/ioctl.h>. */
import { column, type Row } from "./column.ts";

/** Both columns, for the probe. */
export const sys_ioctl_h = {
  TIOCNOTTY: [0x5422, 0x5422],
  TIOCSPGRP: [0x5410, 0x5410],
} as const satisfies Record<string, Row>;

/** This machine's requests. */
export const IOCTL = column(sys_ioctl_h);
