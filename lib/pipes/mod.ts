/**
 * Pipes between processes.
 *
 * ```ts
 * import { pipe } from "@vasty/vasty/pipes";
 *
 * const { reader, writer } = pipe();
 * reader.close();
 * writer.close();
 * ```
 *
 * Both ends are close-on-exec, so no child holds an end open by accident.
 *
 * @module
 */
export { type Pipe, pipe } from "./pipe.ts";
