/** <semaphore.h> */
import { column, type Row } from "./column.ts";

/** Both columns, for the probe. */
export const semaphore_h = {
  SEM_VALUE_MAX: [2147483647, 2147483647],
} as const satisfies Record<string, Row>;

/** This machine's constants of <semaphore.h>. */
export const SEMAPHORE = column(semaphore_h);
