/** Options that change nothing about a child but which way it is started. */
import type { SpawnOptions } from "../../../lib/processes/mod.ts";

/** posix_spawn(3), and the adaptor that does what that cannot, here the usual umask. */
export const ENGINES: Record<"posix_spawn" | "execve", SpawnOptions> = {
  posix_spawn: {},
  execve: { umask: 0o022 },
};
