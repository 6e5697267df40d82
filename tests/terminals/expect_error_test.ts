import { endError, fullError, timeoutError } from "../../lib/terminals/expect_error.ts";
import { TextBuffer } from "../../lib/terminals/text_buffer.ts";
import { EOF, type Pattern } from "../../mod.ts";
import { assertEquals, test } from "../support/mod.ts";

function wanted(text: string, ...patterns: Pattern[]) {
  const buffer = new TextBuffer();
  buffer.append(text);
  return { patterns, buffer };
}

test("the errors of an expect say what was wanted and show the end of what waits", () => {
  assertEquals(
    timeoutError(5, [wanted("", "a\n", /b/)]).message,
    `Timed out after 5 ms: waited for "a\\n", /b/; nothing has come`,
  );
  assertEquals(
    endError([wanted("x", EOF), wanted("y")]).message,
    `The other side has ended: waited for EOF; there is "x"; nothing was to come; there is "y"`,
  );
  const { message } = fullError([wanted("0".repeat(100) + "1".repeat(200), "a")]);
  assertEquals(
    message,
    `The buffer is full (300 characters): waited for "a"; the last of 300 characters are "${"1".repeat(200)}"`,
  );
});

test("the errors of an expect show characters that cannot be seen", () => {
  const { message } = timeoutError(1, [wanted('\x00\x1b[0m\r\n"\x7f\x9b\u202e\ud800é')]);
  assertEquals(
    message.slice(message.indexOf("there")),
    `there is "\\u0000\\u001b[0m\\r\\n\\"\\u007f\\u009b\\u202e\ufffdé"`,
  );
});
