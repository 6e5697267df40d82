/** Imports all of the library and calls nothing. Runs without any permission. */
import * as vasty from "../../../mod.ts";

console.log(Object.keys(vasty).length > 10 ? "imported" : "nothing there");
