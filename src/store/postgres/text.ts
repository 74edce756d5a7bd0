/**
 * PostgreSQL's text holds every character but NUL, which names and branches from elsewhere may well contain. It is
 * written as two characters, the first of which nobody uses, and so is that one.
 */
const escape = '\ue000';

/** A text as a column holds it. Equal texts are equal there, and different ones different. */
export function toColumn(text: string): string {
  return text.includes('\0') || text.includes(escape)
    ? text.replaceAll(escape, `${escape}1`).replaceAll('\0', `${escape}0`)
    : text;
}

/** The text that a column holds. */
export function fromColumn(stored: string): string {
  return stored.includes(escape)
    ? stored.replaceAll(`${escape}0`, '\0').replaceAll(`${escape}1`, escape)
    : stored;
}
