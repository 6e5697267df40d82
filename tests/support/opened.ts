/** What a program counts before and after what it does. */
import { linkOf, numbers } from "./proc.ts";

/** How many descriptors are open, sockets left out: Deno makes two of its own half a second after it has started. */
export function opened(): number {
  const links = numbers("/proc/self/fd").map((fd) => linkOf(`/proc/self/fd/${fd}`));
  return links.filter((link) => link !== "" && !link.startsWith("socket:")).length;
}
