/** Programs that tests run besides the library: what is missing is named, never passed over. */

/** Debian's package of each program. */
export const PACKAGES: Record<string, string> = {
  "gcc": "gcc libc6-dev",
  "aarch64-linux-gnu-gcc": "gcc-aarch64-linux-gnu libc6-dev-arm64-cross",
  "perl": "perl",
  "python3": "python3",
  "strace": "strace",
  "prlimit": "util-linux",
  "flock": "util-linux",
  "setsid": "util-linux",
  "stty": "coreutils",
  "script": "bsdutils",
  "logger": "bsdutils",
  "ps": "procps",
  "top": "procps",
  "less": "less",
  "vim": "vim",
  "bc": "bc",
  "ftp": "tnftp",
  "netstat": "net-tools",
  "ss": "iproute2",
  "ip": "iproute2",
  "nc.openbsd": "netcat-openbsd",
  "ncat": "ncat",
  "socat": "socat",
  "ssh": "openssh-client",
  "ssh-keygen": "openssh-client",
  "sshd": "openssh-server",
  "systemd-socket-activate": "systemd",
  "busybox": "busybox-static",
  "setpriv": "util-linux",
  "unshare": "util-linux",
  "chrt": "util-linux",
  "taskset": "util-linux",
  "mount": "mount",
  "ipcs": "util-linux",
  "systemd-notify": "systemd",
  "inetd": "openbsd-inetd",
  "tcpserver": "ucspi-tcp",
  "start_server": "libserver-starter-perl",
  "s6-supervise": "s6",
  "runsv": "runit",
  "sysv_ipc": "python3-sysv-ipc",
};

/** Modules of the system's own Python, which is to be called by its path: another one may come first in PATH. */
const MODULES = ["sysv_ipc"];
const MODULE_FOLDER = "/usr/lib/python3/dist-packages";

/** The programs that this machine lacks, of `names`. */
export function missing(names: readonly string[]): string[] {
  const path = (Deno.env.get("PATH") ?? "").split(":");
  const exists = (file: string) => {
    try {
      return Deno.statSync(file).isFile;
    } catch {
      return false;
    }
  };
  return names.filter((name) =>
    MODULES.includes(name) ? !hasModule(name) : !path.some((folder) => exists(`${folder}/${name}`))
  );
}

function hasModule(name: string): boolean {
  try {
    return [...Deno.readDirSync(MODULE_FOLDER)].some((entry) => entry.name.startsWith(`${name}.`));
  } catch {
    return false;
  }
}

/** Why a test that needs `names` cannot run here; nothing if it can. */
export function reasonToSkip(names: readonly string[]): string | undefined {
  const lacking = missing(names);
  if (lacking.length === 0) return undefined;
  return `needs ${lacking.map((name) => `${name} (Debian: ${PACKAGES[name] ?? name})`).join(", ")}`;
}
