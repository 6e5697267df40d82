// permissions: --allow-ffi={libc} --allow-sys=hostname
/**
 * `self`: tells the name of this machine, and the address that the name stands for, as `NAME [ADDRESS]`. No name server holds it up for
 * longer than five seconds.
 */
import { hostname, ownAddress } from "../../lib/sockets/mod.ts";
import { print, run, UsageError } from "../program.ts";

/** Milliseconds. */
const PATIENCE = 5_000;

async function self(args: string[]): Promise<void> {
  if (args.length > 0) throw new UsageError();
  print(`${hostname()} [${await ownAddress({ timeout: PATIENCE })}]`);
}

await run({ name: "self", usage: "", main: self });
