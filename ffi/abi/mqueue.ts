/** <mqueue.h> */
import { column, type Row } from "./column.ts";

/** Both columns, for the probe. */
export const mqueue_h = {
  MQ_PRIO_MAX: [32768, 32768],
} as const satisfies Record<string, Row>;

/** Both columns, for the probe. */
export const struct_mq_attr = {
  sizeof: [64, 64],
  mq_flags: [0, 0],
  mq_maxmsg: [8, 8],
  mq_msgsize: [16, 16],
  mq_curmsgs: [24, 24],
} as const satisfies Record<string, Row>;

/** This machine's constants of <mqueue.h>. */
export const MQUEUE = column(mqueue_h);
/** Where the fields of `struct mq_attr` lie. */
export const MQ_ATTR = column(struct_mq_attr);
