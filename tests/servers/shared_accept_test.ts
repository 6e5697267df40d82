import { ERRNO } from "../../ffi/abi/errno.ts";
import { syscallError } from "../../lib/core/errors.ts";
import { SharedAccept } from "../../lib/servers/shared_accept.ts";
import { connect, listen, Listener } from "../../lib/sockets/mod.ts";
import { assert, assertEquals, assertRejects, test, within } from "../support/mod.ts";
import { HERE } from "./served.ts";
import { Unwaitable } from "./unwaitable.ts";

/** Listeners on ports of their own. */
async function listeners(count: number): Promise<Listener[]> {
  return await Promise.all(Array.from({ length: count }, () => listen(HERE)));
}

const to = (listener: Listener) => connect({ port: (listener.addr as Deno.NetAddr).port });

test("SharedAccept.next() takes connections of each listener in turn, and tells of those that it leaves", async () => {
  let left = 0;
  const all = await listeners(2);
  using taking = new SharedAccept(all, () => left++);
  using _one = await to(all[0]!);
  using _two = await to(all[0]!);
  using _three = await to(all[1]!);
  const came: number[] = [];
  for (let i = 0; i < 3; i++) {
    const { connection, at } = (await taking.next())!;
    using _connection = connection;
    came.push(at);
  }
  assertEquals([came, left], [[0, 1, 0], 2]);
});

test("SharedAccept.next() waits for a connection and says so, and ends when it is stopped", async () => {
  const [listener] = await listeners(1);
  let waits = 0;
  using taking = new SharedAccept([listener!], () => {}, () => waits++);
  const next = taking.next();
  using _client = await to(listener!);
  (await next)!.connection.close();
  const last = taking.next();
  taking.look();
  taking.stop();
  assertEquals([await last, await taking.next(), waits], [undefined, undefined, 2]);
});

test("SharedAccept: of two that wait for one socket one takes the connection, and look() finds what another left", async () => {
  const [listener] = await listeners(1);
  const copies = [0, 1].map(() => Listener.fromFd(listener!.fd.duplicate()));
  using one = new SharedAccept([copies[0]!], () => {});
  using two = new SharedAccept([copies[1]!], () => {});
  const begun = performance.now();
  const taken = [one.next(), two.next()];
  using _first = await to(listener!);
  const { connection } = (await Promise.race(taken))!;
  connection.close();
  using _second = await to(listener!);
  // Whichever had the first one does not wait any more.
  for (const taking of [one, two]) taking.look();
  for (const other of await Promise.all(taken)) other!.connection.close();
  assert(performance.now() - begun < within(2_000));
  listener!.close();
});

/** Have a listener refuse as often as `errnos` says. */
function refusing(listener: Listener, errnos: number[]): Listener {
  const take = listener.tryAccept.bind(listener);
  listener.tryAccept = () => {
    const errno = errnos.shift();
    if (errno !== undefined) throw syscallError("accept a connection", errno, "accept4");
    return take();
  };
  return listener;
}

test("SharedAccept.next() tells of what passes and tries again; without a descriptor of its own it ends", async () => {
  const [listener] = await listeners(1);
  const told: string[] = [];
  const passing = refusing(listener!, [ERRNO.ENOMEM, ERRNO.ENOBUFS]);
  using taking = new SharedAccept(
    [passing],
    () => {},
    undefined,
    (error) => told.push((error as { code: string }).code),
  );
  using _client = await to(listener!);
  (await taking.next())!.connection.close();
  assertEquals(told, ["ENOMEM", "ENOBUFS"]);
  refusing(listener!, [ERRNO.EMFILE]);
  await assertRejects(() => taking.next(), Error, "EMFILE");
});

test("SharedAccept.next() does not turn round and round where the kernel cannot wait", async () => {
  const [listener] = await listeners(1);
  using unwaitable = new Unwaitable(listener!, 3);
  using taking = new SharedAccept([unwaitable.listener], () => {});
  const begun = performance.now();
  const next = taking.next();
  using _client = await to(listener!);
  (await next)!.connection.close();
  assert(performance.now() - begun >= 15 && unwaitable.looks < 6, `${unwaitable.looks} looks`);
});
