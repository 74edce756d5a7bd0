/**
 * Whole control sequences of terminals: `ESC [ … m` and its kin (CSI; the first two groups are its parameters and its
 * last letter), strings for the terminal that end as they should (OSC, DCS, APC, PM, SOS: titles, links, images), and
 * short escapes. An unfinished one is not a sequence but text. No string holds the beginning of another one, so a line is
 * read in time that grows with its length, whatever is in it.
 */
export const controlSequences: RegExp =
  // oxlint-disable-next-line no-control-regex -- control characters are what this is about
  /(?:\u001b\[|\u009b)([0-?]*)[ -/]*([@-~])|(?:\u001b[\]PX^_]|[\u009d\u0090\u0098\u009e\u009f])[^\u0007\u001b\u0090\u0098\u009c-\u009f]*(?:\u0007|\u001b\\|\u009c)|\u001b[ -/]*[0-OQ-WYZ\\`-~]/g;

/** A line of a log as people read it: without colours, and of what a carriage return overwrites the last. */
export function readable(line: string): string {
  // Most lines have neither, and this is asked of a million at a time.
  // oxlint-disable-next-line no-control-regex -- the same
  if (!/[\r\u001b\u0090-\u009f]/.test(line)) return line;
  return shownOf(line).replace(controlSequences, '');
}

/** What a carriage return leaves standing. */
export function shownOf(line: string): string {
  let end = line.length;
  while (line[end - 1] === '\r') end -= 1;
  return line.slice(line.lastIndexOf('\r', end - 1) + 1, end);
}
