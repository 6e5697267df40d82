/**
 * Atomic operations on memory that processes share, by the adaptors: words lie where their size divides the address.
 * Each returns what was there before, from 0 on; of 64 bits what a number holds exactly. A store is an exchange.
 */
import { bind } from "./bind.ts";
import { native } from "./native/code.ts";

export const load32 = bind(() => native().load32, ["address"], "value");
export const load64 = bind(() => native().load64, ["address"], "value");
export const exchange32 = bind(() => native().exchange32, ["address", "int"], "value");
export const exchange64 = bind(() => native().exchange64, ["address", "long"], "value");
export const add32 = bind(() => native().add32, ["address", "int"], "value");
export const add64 = bind(() => native().add64, ["address", "long"], "value");
/** Arguments: the address, what has to be there, and what to put in its place; it was put if the result equals the first. */
export const compareExchange32 = bind(() => native().compare_exchange32, ["address", "int", "int"], "value");
export const compareExchange64 = bind(() => native().compare_exchange64, ["address", "long", "long"], "value");
