// permissions: --allow-ffi={libc} --allow-read={1}
/**
 * `play FILE [--speed N] [--max-pause MS]`: shows what `record` has recorded, N times as fast, with no pause longer than MS.
 *
 * FILE is an asciicast of version 2 or 3.
 */
import { playAsciicast, readAsciicast } from "../../lib/terminals/mod.ts";
import { optionsIn } from "../options.ts";
import { printBytesMeanwhile, run, UsageError } from "../program.ts";

async function play(args: string[]): Promise<void> {
  const { words, numbers, texts } = optionsIn(args, ["max-pause"], [], ["speed"]);
  const speed = Number(texts.speed ?? 1);
  if (words.length !== 1 || !(speed > 0)) throw new UsageError();
  const encoder = new TextEncoder();
  const show = (text: string) => printBytesMeanwhile(encoder.encode(text));
  await playAsciicast(await readAsciicast(words[0]!), show, { speed, maxPause: numbers["max-pause"] });
}

await run({ name: "play", usage: "FILE [--speed N] [--max-pause MS]", main: play });
