/** <pthread.h>. */
import { column, type Row } from "./column.ts";

/** Both columns, for the probe. */
export const pthread_h = {
  PTHREAD_CREATE_DETACHED: [1, 1],
} as const satisfies Record<string, Row>;

/** Both columns: pthread_attr_t. */
export const pthread_types = { pthread_attr_t: [56, 64] } as const satisfies Record<string, Row>;

/** This machine's constants. */
export const PTHREAD = column(pthread_h);
/** This machine's sizes. */
export const PTHREAD_SIZE = column(pthread_types);
