// permissions: --allow-ffi={libc} --allow-run={deno} --allow-read={1} --allow-write={1},{2}
/**
 * `daemonize PIDFILE LOG`: becomes a daemon that has PIDFILE locked and writes to LOG, until TERM or INT comes.
 *
 * It has a session of its own that it does not lead, no terminal, `/` as its directory, and /dev/null and LOG as its
 * standard streams. The command ends when the daemon is ready, or fails with its reason. HUP opens LOG again.
 */
import { daemonize } from "../../lib/daemons/mod.ts";
import { run, UsageError } from "../program.ts";

async function main(args: string[]): Promise<void> {
  const [pidFile, path, ...more] = args;
  if (!pidFile || !path || more.length > 0) throw new UsageError();
  using daemon = await daemonize({ pidFile, log: { path, reopenOn: "SIGHUP" }, timeout: 30_000 });
  const stopped = daemon.stopped();
  daemon.log?.print("daemon started");
  await daemon.ready();
  const { signal } = await stopped;
  daemon.log?.print(`stopped by ${signal}`);
}

await run({ name: "daemonize", usage: "PIDFILE LOG", main });
