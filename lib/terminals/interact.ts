/** Joining a person with a dialog. */
import type { Expect } from "./expect.ts";
import type { InteractEnd, InteractOptions } from "./interact_options.ts";
import { Interaction } from "./interaction.ts";

/**
 * Join the person at this program's terminal with a dialog: what is typed is sent, and what the program says is shown, first of
 * all what waits in the dialog's buffer. It ends when the person types the escape character (^]), when one of the two sides ends,
 * or when a pattern is found; the dialog goes on then.
 *
 * The person's terminal is raw meanwhile where the dialog is held over a terminal, and is put back however this ends: also when
 * the program ends by a signal, and while it is stopped; see {@linkcode SavedTerminal}. The program's terminal gets the size of the
 * person's, and every change of it.
 *
 * Expects that were called before come first. Calls that an `action` makes come before what is shown next; what others call has its
 * turn when the interaction is over. What is typed while the program reads nothing waits, and ^] works all the same, until 64 KiB
 * wait: more is left where it was typed, and ^] with it.
 *
 * What the program has said and was not shown by the end waits in the dialog's buffer, and nothing waits there that was shown.
 *
 * Keys that the person types after the end are left to whoever reads the terminal next, but for those that came together
 * with the escape character: `rest` has them. The standard input is never made non-blocking, as its other users would be
 * disturbed by that: a terminal is opened once more by its name, and of anything else what is ready is read, which waits if
 * another process takes it in this very moment.
 *
 * What is said is text in the dialog's encoding: with `latin1` every byte is passed on as it is. What is typed is passed on as it is
 * if there is no filter and no pattern for it.
 *
 * @param dialog With whom.
 * @param options Who the person is, filters, patterns, and when to give up; without limit by default.
 * @returns Why it ended.
 * @throws {TypeError} if an option makes no sense, or a stream is locked.
 * @throws {RangeError} if looking for a pattern that looks ahead or back, or refers to a group, takes more than a second.
 * @throws {SyscallError} if the terminal cannot be read, written or set.
 * @throws {ClosedError} if the dialog, or the person's descriptor, is closed, before or meanwhile.
 * @throws the signal's reason, a `DOMException` named "TimeoutError", or what a filter or an `action` throws.
 * @example
 * ```ts
 * import { Expect, interact, isTerminal, spawnPty } from "@vasty/vasty";
 *
 * await using dialog = new Expect(spawnPty(["sh", "-c", "echo logged in; read command; echo bye"]));
 * await dialog.expect("logged in");
 * if (isTerminal(0)) await interact(dialog);
 * ```
 * @see expect(1), `interact`
 */
export async function interact(dialog: Expect, options: InteractOptions = {}): Promise<InteractEnd> {
  return await new Interaction(dialog, options).run();
}
