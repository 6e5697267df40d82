/** <spawn.h>. These return the number of the error, here as -errno. */
import { bind } from "./bind.ts";

// int posix_spawn(pid_t *pid, const char *path, const posix_spawn_file_actions_t *file_actions, const posix_spawnattr_t *attrp, char *const argv[], char *const envp[]);
export const posix_spawn = bind(
  "posix_spawn",
  ["buffer", "buffer", "address", "address", "address", "address"],
  "code",
);

// int posix_spawn_file_actions_init(posix_spawn_file_actions_t *file_actions);
export const posix_spawn_file_actions_init = bind("posix_spawn_file_actions_init", ["address"], "code");

// int posix_spawn_file_actions_destroy(posix_spawn_file_actions_t *file_actions);
export const posix_spawn_file_actions_destroy = bind("posix_spawn_file_actions_destroy", ["address"], "code");

// int posix_spawn_file_actions_adddup2(posix_spawn_file_actions_t *file_actions, int fd, int newfd);
export const posix_spawn_file_actions_adddup2 = bind(
  "posix_spawn_file_actions_adddup2",
  ["address", "int", "int"],
  "code",
);

// int posix_spawn_file_actions_addclose(posix_spawn_file_actions_t *file_actions, int fd);
export const posix_spawn_file_actions_addclose = bind("posix_spawn_file_actions_addclose", ["address", "int"], "code");

// int posix_spawn_file_actions_addclosefrom_np(posix_spawn_file_actions_t *file_actions, int from);
export const posix_spawn_file_actions_addclosefrom_np = bind(
  "posix_spawn_file_actions_addclosefrom_np",
  ["address", "int"],
  "code",
);

// int posix_spawn_file_actions_addfchdir_np(posix_spawn_file_actions_t *file_actions, int fd);
export const posix_spawn_file_actions_addfchdir_np = bind(
  "posix_spawn_file_actions_addfchdir_np",
  ["address", "int"],
  "code",
);

// int posix_spawnattr_init(posix_spawnattr_t *attr);
export const posix_spawnattr_init = bind("posix_spawnattr_init", ["address"], "code");

// int posix_spawnattr_destroy(posix_spawnattr_t *attr);
export const posix_spawnattr_destroy = bind("posix_spawnattr_destroy", ["address"], "code");

// int posix_spawnattr_setflags(posix_spawnattr_t *attr, short int flags);
export const posix_spawnattr_setflags = bind("posix_spawnattr_setflags", ["address", "int"], "code");

// int posix_spawnattr_setpgroup(posix_spawnattr_t *attr, pid_t pgroup);
export const posix_spawnattr_setpgroup = bind("posix_spawnattr_setpgroup", ["address", "int"], "code");

// int posix_spawnattr_setsigdefault(posix_spawnattr_t *attr, const sigset_t *sigdefault);
export const posix_spawnattr_setsigdefault = bind("posix_spawnattr_setsigdefault", ["address", "buffer"], "code");

// int posix_spawnattr_setsigmask(posix_spawnattr_t *attr, const sigset_t *sigmask);
export const posix_spawnattr_setsigmask = bind("posix_spawnattr_setsigmask", ["address", "buffer"], "code");
