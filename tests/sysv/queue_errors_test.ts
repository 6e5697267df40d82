import { ERRNO } from "../../ffi/abi/errno.ts";
import { controlError, getError, receiveError, sendError } from "../../lib/sysv/queue_errors.ts";
import { wantedOf } from "../../lib/sysv/queue_incoming.ts";
import type { SyscallError } from "../../mod.ts";
import { assertEquals, assertMatch, test } from "../support/mod.ts";

const QUEUE = { id: 5, key: 0x4d2 };
const PRIVATE = { id: 70_000, key: 0 };

const ERRORS: [error: Error, message: RegExp][] = [
  [getError("open", 0x4d2, ERRNO.ENOENT), /^Cannot open message queue 0x000004d2: no such file .*\(ENOENT, msgget\)$/],
  [
    getError("create", 0, ERRNO.ENOSPC),
    /^Cannot create a private message queue, since there are \d+ already \(kernel.msgmni\): .* \(ENOSPC, msgget\)$/,
  ],
  [
    sendError(QUEUE, 10 ** 9, ERRNO.EINVAL),
    /^Cannot send 1000000000 bytes to message queue 0x000004d2: a message has \d+ at most \(kernel.msgmax\): .*EINVAL/,
  ],
  [
    sendError(PRIVATE, 1, ERRNO.EINVAL),
    /^Cannot send to message queue of id 70000, which is not there \(any more\): invalid argument \(EINVAL, msgsnd\)$/,
  ],
  [sendError(QUEUE, 1, ERRNO.EIDRM), /^Cannot send to message queue 0x000004d2, which was removed: .*EIDRM/],
  [sendError(QUEUE, 1, ERRNO.EACCES), /^Cannot send to message queue 0x000004d2: permission denied \(EACCES/],
  [
    receiveError(QUEUE, wantedOf({ maxSize: 3 }), ERRNO.E2BIG),
    /^Cannot receive from message queue 0x000004d2, since the message has more than 3 bytes: .*\(E2BIG, msgrcv\)$/,
  ],
  [
    receiveError(QUEUE, wantedOf({ peek: 0 }), ERRNO.ENOSYS),
    /: this kernel lets nobody peek \(CONFIG_CHECKPOINT_RESTORE/,
  ],
  [
    receiveError(QUEUE, wantedOf(), ERRNO.ENOMSG),
    /^Cannot receive from message queue 0x000004d2: no message of .*ENOMSG/,
  ],
  [controlError(QUEUE, "change", ERRNO.EPERM), /^Cannot change message queue 0x000004d2: .*\(EPERM, msgctl\)$/],
];

test("errors of queues tell what was refused, why, and of which queue", () => {
  for (const [error, message] of ERRORS) assertMatch(error.message, message);
  assertEquals(ERRORS.map(([error]) => (error as SyscallError).key).sort().slice(0, 2), [0, 0]);
});
