/** What one generation of a program tells the next one, by a variable of its environment. */
import { takeVariable } from "../core/legacy.ts";

/** The variable: the state as JSON, and the process that it is for, since children inherit it. */
export const VARIABLE = "VASTY_RESTART";

/** What a generation is: the first one; one that is only tried; one in the place of, or one beside the one before. */
export type GenerationRole = "first" | "trial" | "restarted" | "successor";

/** What the next generation is told. */
export interface GenerationState {
  readonly generation: number;
  readonly role: GenerationRole;
  /** The sockets by their names. */
  readonly sockets: Readonly<Record<string, number>>;
  /** Where it says that it is ready, if anybody waits for that. */
  readonly report?: number;
  /** The children of the one in whose place it is: they are its own now. */
  readonly children?: readonly number[];
  /** The directory in which the first one began. */
  readonly cwd?: string;
}

/** As text, behind which the process id belongs. */
export function stateText(state: GenerationState): string {
  return `${JSON.stringify(state)} `;
}

/** What this program has been told, if it is the next generation of another; the variable is gone then. */
export function takeState(): GenerationState | undefined {
  const text = takeVariable(VARIABLE);
  return text === undefined ? undefined : JSON.parse(text);
}
