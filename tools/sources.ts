/** The sources as a bundle takes them: what is done to the text of each before it is compiled. */
import type { Plugin } from "esbuild";

/** What becomes of `text`, the file at `path` in the repository. Each line stays where it is. */
export type Change = (text: string, path: string) => string;

/** The plug-in for a bundle of the sources below `root`. */
export function sources(root: string, changes: readonly Change[]): Plugin {
  return {
    name: "sources",
    setup: ({ onLoad }) =>
      onLoad({ filter: /\.ts$/ }, async ({ path }) => {
        const name = path.slice(root.length);
        const contents = changes.reduce((text, change) => change(text, name), await Deno.readTextFile(path));
        return { contents, loader: "ts" };
      }),
  };
}
