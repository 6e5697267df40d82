/** The colours of a screenshot. */
import type { ScreenColour } from "./cell.ts";

/** What is written in the terminal's own colours. */
export const FOREGROUND = "#d0d0d0";
export const BACKGROUND = "#101010";

const FIRST = [
  ["#000000", "#cd3131", "#0dbc79", "#c8a800", "#2472c8", "#bc3fbc", "#11a8cd", "#d0d0d0"],
  ["#666666", "#f14c4c", "#23d18b", "#f5f543", "#3b8eea", "#d670d6", "#29b8db", "#ffffff"],
].flat();

/** How bright the six steps of the colour cube are. */
const STEPS = [0, 95, 135, 175, 215, 255];

const hex = (...parts: number[]) => `#${parts.map((part) => part.toString(16).padStart(2, "0")).join("")}`;

/** A colour as SVG has it: of the 16, of the cube of 216, or of the 24 greys. */
export function rgb(colour: ScreenColour, own: string): string {
  if (colour === "default") return own;
  if (typeof colour === "string") return colour;
  if (colour < 16) return FIRST[colour]!;
  if (colour >= 232) {
    const grey = 8 + 10 * (colour - 232);
    return hex(grey, grey, grey);
  }
  const at = colour - 16;
  return hex(...[36, 6, 1].map((unit) => STEPS[Math.floor(at / unit) % 6]!));
}
