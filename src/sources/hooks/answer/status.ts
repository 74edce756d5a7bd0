/** The codes that have a name; any other in a hooks file counts as 200. */
const known: readonly (readonly [first: number, last: number])[] = [
  [100, 103],
  [200, 208],
  [226, 226],
  [300, 305],
  [307, 308],
  [400, 418],
  [421, 426],
  [428, 429],
  [431, 431],
  [451, 451],
  [500, 508],
  [510, 511],
];

export const isKnownStatus = (code: number): boolean =>
  known.some(([first, last]) => code >= first && code <= last);

/** A code of the file as it is answered: 1xx goes before an answer of 200. */
export function statusOf(code: number): { readonly status: number; readonly informational: number | null } {
  if (!isKnownStatus(code)) return { status: 200, informational: null };
  return code < 200 ? { status: 200, informational: code } : { status: code, informational: null };
}

/** Answers of these have no body, whatever was meant to be in it. */
export const hasBody = (status: number): boolean => status !== 204 && status !== 304;
