/**
 * What terminals take for themselves: control sequences (colours, cursor), strings that a program sends to the terminal
 * (titles, links, timestamps of other CI services), and the short forms. A string without its end takes the rest of the
 * line. Each alternative consumes what it looks at, so this is linear.
 */
const escapes =
  // oxlint-disable-next-line no-control-regex -- they are what is looked for
  /(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]?|(?:\x1b[\]PX^_]|[\x9d\x90\x98\x9e\x9f])[^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c|(?=\x1b)|$)|\x1b[ -/]*[0-~]?/g;

/** The text without escape sequences of terminals. */
export function stripEscapes(text: string): string {
  return text.replace(escapes, '');
}
