import { rgb } from "../../screen/palette.ts";
import { assertEquals, test } from "../support/mod.ts";

test("rgb() knows the 16, the cube, the greys, direct colours and the terminal's own", () => {
  const colours = [1, 15, 16, 17, 21, 46, 196, 231, 232, 255, "#0102ff", "default"] as const;
  assertEquals(colours.map((colour) => rgb(colour, "#abcdef")), [
    "#cd3131",
    "#ffffff",
    "#000000",
    "#00005f",
    "#0000ff",
    "#00ff00",
    "#ff0000",
    "#ffffff",
    "#080808",
    "#eeeeee",
    "#0102ff",
    "#abcdef",
  ]);
});
