/** What a failing exec() must leave as it was: descriptors with their flags, directory, dispositions, mask, environment. */
import { FCNTL } from "../../../ffi/abi/fcntl.ts";
import { SIGACTION, SIGNAL, SIGNAL_ACTION, SIGSET_SIZE } from "../../../ffi/abi/signal.ts";
import { openDescriptors } from "../../../ffi/dirent.ts";
import { fcntl } from "../../../ffi/fcntl.ts";
import { pthread_sigmask, sigaction } from "../../../ffi/signal.ts";
import { captureSync } from "../../../mod.ts";

/** The state of this process, in a form that can be compared. */
export function snapshot(): string {
  const numbers = openDescriptors() as number[];
  const descriptors = numbers.map((fd) => [fd, fcntl(fd, FCNTL.F_GETFD, 0), fcntl(fd, FCNTL.F_GETFL, 0)].join(" "));
  const dispositions = Object.values(SIGNAL).map((signal) => {
    const action = new Uint8Array(SIGACTION.sizeof);
    const rc = sigaction(signal, null, action);
    // The handler, the 64 signals of the mask, the flags: the rest is whatever libc's stack held.
    const [handler, flags] = [action.subarray(0, 16), action.subarray(SIGACTION.sa_flags, SIGACTION.sa_flags + 4)];
    return `${signal} ${rc} ${handler} ${flags}`;
  });
  const mask = new Uint8Array(SIGSET_SIZE);
  pthread_sigmask(SIGNAL_ACTION.SIG_BLOCK, new Uint8Array(SIGSET_SIZE), mask);
  // A child reads what Deno itself lists only with every permission.
  const of = `/proc/${Deno.pid}`;
  const links = captureSync(["readlink", `${of}/cwd`, `${of}/root`, ...numbers.map((fd) => `${of}/fd/${fd}`)]).stdout;
  const status = captureSync(["sed", "-n", "-E", "/^(Sig[IC]|Umask|Uid|Gid)/p", `${of}/status`]).stdout;
  const environment = captureSync(["env"]).stdout;
  return JSON.stringify({ descriptors, mask: mask.join(), dispositions, links, status, environment });
}
