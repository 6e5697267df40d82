/** The emulator's package, in the one version that this module was tested with. A bundle or a URL import needs no map for it. */
import headless from "npm:@xterm/headless@6.0.0";

export type { IBufferCell, Terminal } from "npm:@xterm/headless@6.0.0";

/** The class, of a package in CommonJS. */
export const { Terminal: HeadlessTerminal } = headless;
