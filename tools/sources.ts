/** The sources as a bundle takes them: what is done to the text of each before it is compiled. */
import type { Plugin } from "esbuild";

/** What becomes of `text`, the file at `path` in the repository. Each line stays where it is. */
export type Change<Text = string> = (text: string, path: string) => Text;

/** One that may take its time. */
export type LaterChange = Change<string | Promise<string>>;

/** The plug-in for a bundle of the sources below `root`. */
export function sources(root: string, changes: readonly LaterChange[]): Plugin {
  return {
    name: "sources",
    setup: ({ onLoad }) =>
      onLoad({ filter: /\.ts$/ }, async ({ path }) => {
        const name = path.slice(root.length);
        let contents = await Deno.readTextFile(path);
        for (const change of changes) contents = await change(contents, name);
        return { contents, loader: "ts" };
      }),
  };
}
