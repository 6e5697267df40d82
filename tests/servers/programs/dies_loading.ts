/** What children of servers in the tests load: it kills them for as long as there is the file that its URL names, and tells there. */
import { raise } from "../../../lib/signals/mod.ts";
import type { Connection } from "../../../lib/sockets/mod.ts";

try {
  Deno.writeTextFileSync(new URL(import.meta.url).searchParams.get("file")!, "x", { append: true, create: false });
  raise("SIGKILL");
} catch (error) {
  if (!(error instanceof Deno.errors.NotFound)) throw error;
}

/** Ends with its first connection. */
export function leave(_connection: Connection) {
  Deno.exit(3);
}
