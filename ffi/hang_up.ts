/**
 * Whether the other side of a terminal is gone, for who asks before everything that is typed. poll(2) of a terminal waits for
 * the kernel's own thread that carries its bytes, a tenth of what a whole line and its answer take. So an epoll is asked first
 * which nothing but a hang-up wakes: most often it knows of none.
 */
import { EPOLL, EPOLL_EVENT } from "./abi/sys_epoll.ts";
import { aboveStandard } from "./descriptors.ts";
import { Block } from "./memory.ts";
import { isHungUp } from "./poll.ts";
import { epoll_create1, epoll_ctl, epoll_wait } from "./sys_epoll.ts";
import { IN_WORKER } from "./web_worker.ts";

/** One for all terminals of the isolate: the kernel takes out what is closed. */
let watch: { epoll: number; event: Block } | undefined;

/** That watch; its epoll is negative where there is none. */
export function hangUpWatch(): NonNullable<typeof watch> {
  return watch ??= {
    epoll: IN_WORKER ? -1 : aboveStandard(epoll_create1(EPOLL.EPOLL_CLOEXEC)),
    event: new Block(EPOLL_EVENT.sizeof),
  };
}

export class HangUp {
  readonly #fd: number;
  #watched: boolean | undefined;

  /** `fd` is open as long as this is asked. */
  constructor(fd: number) {
    this.#fd = fd;
  }

  /** Whether the other side is gone now. */
  get isThere(): boolean {
    this.#watched ??= this.#watch();
    return (!this.#watched || anyIsThere()) && isHungUp(this.#fd);
  }

  /** A hang-up is told of whether asked for or not. */
  #watch(): boolean {
    return epoll_ctl(hangUpWatch().epoll, EPOLL.EPOLL_CTL_ADD, this.#fd, new Uint8Array(EPOLL_EVENT.sizeof)) === 0;
  }
}

/** Whether one of the terminals is hung up, or it cannot be told. */
function anyIsThere(): boolean {
  const { epoll, event } = hangUpWatch();
  return epoll_wait(epoll, event.address, 1, 0) !== 0;
}
