/** Opens libc, and says how that went. */
import { libc } from "../../../ffi/libc.ts";

try {
  console.log(`opened ${libc().path}`);
} catch (error) {
  const { name, message } = error as Error;
  console.log(`${error instanceof Deno.errors.NotCapable} ${name}: ${message}`);
}
