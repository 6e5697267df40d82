/** A program with a person before it, who is joined with one that says what it hears, until what its argument names. */
import { Expect, interact, type InteractOptions, spawnPty } from "../../../mod.ts";

const [how, input = "0"] = Deno.args;
const abort = new AbortController();
const options: Record<string, InteractOptions> = {
  escape: {},
  number: { input: Number(input) },
  filter: {
    outputFilter: (text) => {
      if (text.includes("throw")) throw new Error("thrown by the filter");
      return text.replaceAll("plain", "FILTERED");
    },
  },
  abort: { signal: abort.signal, inputPatterns: [{ pattern: "q", action: () => abort.abort(new Error("given up")) }] },
  pattern: { outputPatterns: [{ pattern: /stop(\d)/ }] },
};

console.log(`pid ${Deno.pid}`);
const source =
  '$| = 1; $SIG{WINCH} = sub { system "stty size" }; system "stty -echo"; print "READY\\n"; print while <STDIN>;';
await using dialog = new Expect(spawnPty(["perl", "-e", source]));
try {
  const { reason, side, match, rest } = await interact(dialog, options[how!]);
  console.log(`\n${reason} ${side} ${match?.groups[1] ?? ""}[${rest}]`);
} catch (error) {
  console.log(`\n${(error as Error).message}`);
}
