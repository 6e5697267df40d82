/** The children that live, and those whose end nobody has asked for yet. */
import type { Child } from "./child.ts";

/** How many children that have ended unasked are kept, as zombies are where nobody waits. Older ones are forgotten. */
const KEPT = 1_024;

const living = new Set<Child>();
const unasked = new Set<Child>();
/** Those of `unasked` that have ended, in this order. */
const over = new Set<Child>();
const listeners = new Set<(child: Child) => void>();
const startListeners = new Set<(child: Child) => void>();

/** A child has been started. */
export function enrol(child: Child): void {
  living.add(child);
  unasked.add(child);
  for (const listener of [...startListeners]) listener(child);
}

/** A child has ended, and been reaped. */
export function strike(child: Child): void {
  living.delete(child);
  if (unasked.has(child)) over.add(child);
  if (over.size > KEPT) claim(over.values().next().value!);
  for (const listener of [...listeners]) listener(child);
}

/** Somebody asks for the end of this child: nobody else has to be told of it. */
export function claim(child: Child): void {
  unasked.delete(child);
  over.delete(child);
}

/** The children whose end nobody has asked for, those that have ended first. */
export function unclaimed(): Child[] {
  return [...new Set([...over, ...unasked])];
}

/** The children that live. */
export function livingChildren(): ReadonlySet<Child> {
  return living;
}

/** Have `listener` called with every child that is started, before anybody can claim it, until the result is called. */
export function onStart(listener: (child: Child) => void): () => void {
  startListeners.add(listener);
  return () => startListeners.delete(listener);
}

/** Have `listener` called with every child that ends, until the result is called. */
export function onEnd(listener: (child: Child) => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
