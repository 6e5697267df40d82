/** Paths as users give them. */

/** `path` as a string; of a URL, the path of its file. @throws {TypeError} if it is the URL of something else. */
export function pathOf(path: string | URL): string {
  if (typeof path === "string") return path;
  if (!(path instanceof URL)) throw new TypeError(`A path is a string or a URL, not ${Deno.inspect(path)}`);
  if (path.protocol !== "file:") throw new TypeError(`Not the URL of a file: ${path}`);
  return decodeURIComponent(path.pathname);
}
