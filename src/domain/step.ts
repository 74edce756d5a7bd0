export const stepKinds = ['system', 'user'] as const;

/**
 * A step of a run, as its log tells of it: a `system` line each where it starts and ends, and one where lines of a step
 * follow that is not the one started last (`more`; steps of another CI service may run side by side). What is printed
 * belongs to the step that was named last. Jobs cannot write `system` lines, so nobody can make such a line up.
 */
export interface Step {
  /** 0, 1, 2 … in the order of their first appearance. */
  readonly id: number;
  /** `system`: a step that nobody has written down, such as the checkout. */
  readonly kind: (typeof stepKinds)[number];
  readonly status: 'start' | 'more' | 'end';
  readonly name: string;
  /** What it executes, where that can be said. */
  readonly command: string | null;
}

/**
 * Longer names and commands are cut. However their characters are escaped, in six bytes at most, the line is shorter than
 * the longest one of a log, behind which it would be cut itself.
 */
const longestName = 500;
const longestCommand = 8_000;

/** The line, without its end: `step 1 user start "unit tests" "npm test"`. */
export function stepLine({ id, kind, status, name, command }: Step): string {
  const words = `step ${id} ${kind} ${status} ${quoted(name, longestName)}`;
  return command === null ? words : `${words} ${quoted(command, longestCommand)}`;
}

const quoted = (text: string, longest: number): string =>
  JSON.stringify(text.length > longest ? `${text.slice(0, longest)}…`.toWellFormed() : text);

const form = /^step (\d{1,9}) (system|user) (start|more|end) ("(?:[^"\\]|\\.)*")(?: ("(?:[^"\\]|\\.)*"))?$/;

/** The step that a `system` line tells of; null when it tells of something else. */
export function readStepLine(text: string): Step | null {
  const [, id = '', kind, status, name = '', command] = form.exec(text) ?? [];
  if (kind !== 'system' && kind !== 'user') return null;
  if (status !== 'start' && status !== 'more' && status !== 'end') return null;
  const read = { name: unquoted(name), command: command === undefined ? null : unquoted(command) };
  if (read.name === null || (command !== undefined && read.command === null)) return null;
  return { id: Number(id), kind, status, name: read.name, command: read.command };
}

/** Null when it is no JSON string after all: the form lets more escapes through than JSON has. */
function unquoted(text: string): string | null {
  try {
    return String(JSON.parse(text));
  } catch {
    return null;
  }
}
