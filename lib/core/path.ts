/** Paths as users give them. */

/**
 * `path` as a string; of a URL, the path of its file, as Deno reads it.
 *
 * @throws {TypeError} if it is the URL of something else.
 * @throws {URIError} if what is escaped in it is no UTF-8.
 */
export function pathOf(path: string | URL): string {
  if (typeof path === "string") return path;
  if (!(path instanceof URL)) throw new TypeError(`A path is a string or a URL, not ${Deno.inspect(path)}`);
  if (path.protocol !== "file:") throw new TypeError(`Not the URL of a file: ${path}`);
  if (path.hostname !== "") throw new TypeError(`Not the URL of a file of this machine: ${path}`);
  // A URL keeps a percent sign that begins no escape as it is.
  return decodeURIComponent(path.pathname.replace(/%(?![0-9A-Fa-f]{2})/g, "%25"));
}
