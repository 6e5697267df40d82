/**
 * Calls that block and have no descriptor to wait for, made on threads of our own. A call is cancelled by a directed
 * signal, repeated until it returns: a kick can land just before the call blocks.
 */
import { ERRNO } from "./abi/errno.ts";
import type { Bound, Parameter } from "./bind.ts";
import { loop } from "./loop.ts";
import { Pending, type Wait } from "./pending.ts";
import { type Call, newFrame } from "./threads.ts";

/** Milliseconds from one kick to the next. */
const KICK_AGAIN = 2;

/** A parameter as a worker takes it: JavaScript's memory may move on before the call has ended. */
type Elsewhere = Exclude<Parameter, "buffer">;

/**
 * Call `fn` on a worker. Addresses among `args` must lie in memory that stays until the result has come, cancelled or
 * not. EINTR without {@linkcode Wait.cancel} begins the call anew.
 */
export function offload<const P extends readonly Elsewhere[]>(
  fn: Bound<P>,
  args: { [K in keyof P]: number },
  held = true,
): Wait {
  const pending = new Pending(held);
  let cancelled = false;
  let kicking: ReturnType<typeof setTimeout> | undefined;
  const call: Call = {
    frame: newFrame(fn.address(), args as unknown as number[]),
    returned: (frame) => {
      const value = fn.read(frame);
      if (value === -ERRNO.EINTR && !cancelled && loop().threads.begin(call) === 0) return;
      end(value === -ERRNO.EINTR && cancelled ? -ERRNO.ECANCELED : value);
    },
  };
  const end = (value: number) => {
    if (kicking !== undefined) clearTimeout(kicking);
    call.frame.free();
    pending.settle(value);
  };
  const kick = () => {
    loop().threads.kick(call);
    kicking = setTimeout(kick, KICK_AGAIN);
  };
  const rc = fn.address() === 0 ? -ERRNO.ENOSYS : loop().threads.begin(call);
  if (rc < 0) end(rc);
  return {
    result: pending.result,
    cancel: () => {
      if (cancelled || pending.done) return;
      cancelled = true;
      kick();
    },
    ref: () => pending.hold(true),
    unref: () => pending.hold(false),
  };
}
