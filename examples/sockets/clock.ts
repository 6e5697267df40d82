// permissions: --allow-ffi={libc} --allow-net={1..}
/**
 * `clock [HOST...]`: asks the `time` service of each HOST, or HOST:PORT, how many seconds its clock is ahead of this one, and what it shows.
 *
 * The first line is this machine's own. One that is not reached, or does not answer, within ten seconds is told of, and
 * makes the exit code 1; the others are asked all the same.
 */
import { connect } from "../../lib/sockets/mod.ts";
import { ctime } from "../ctime.ts";
import { type HostPort, hostPort } from "../host_port.ts";
import { knownService } from "../known_service.ts";
import { print, run } from "../program.ts";

/** From the beginning of 1900, where the service counts from, to that of 1970. */
const SECONDS_OF_70_YEARS = 2_208_988_800;

/** Milliseconds. */
const PATIENCE = 10_000;

const now = () => Math.floor(Date.now() / 1_000);

function show(name: string, seconds: number, time: number): void {
  print(`${name.padEnd(24)} ${String(seconds).padStart(8)} ${ctime(new Date(time * 1_000))}`);
}

/** Seconds since 1900: 32 bits, which begin again in 2036. */
async function timeAt(place: HostPort): Promise<number> {
  using remote = await connect({ ...place, timeout: PATIENCE });
  const answer = await remote.readBytes(4, { timeout: PATIENCE });
  if (answer.length < 4) throw new Error(`its answer has ${answer.length} bytes instead of 4`);
  return new DataView(answer.buffer).getUint32(0);
}

/** Undefined, and on standard error why, if it has not told it. */
async function told(name: string, place: HostPort): Promise<number | undefined> {
  try {
    return await timeAt(place);
  } catch (error) {
    console.error(`clock: ${name}: ${(error as Error).message}`);
    return undefined;
  }
}

/** Whichever era it is, the clocks are less than 68 years apart: 32 bits with a sign. */
const ahead = (time: number, here: number) => (time - (here + SECONDS_OF_70_YEARS)) | 0;

async function clock(names: string[]): Promise<number> {
  const places = names.map((name) => hostPort(name));
  const service = places.every(({ port }) => port) ? undefined : knownService("clock", "time(37)");
  show("localhost", 0, now());
  let failed = 0;
  for (const [at, { host, port = service }] of places.entries()) {
    const name = names[at]!;
    const time = await told(name, { host, port });
    const here = now();
    if (time === undefined) failed++;
    else show(name, ahead(time, here), here + ahead(time, here));
  }
  return failed > 0 ? 1 : 0;
}

await run({ name: "clock", usage: "[HOST...]", main: clock });
