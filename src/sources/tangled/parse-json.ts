/** Reads JSON; halves of characters, which no store can keep, are replaced in every text. Throws as `JSON.parse` does. */
export function parseJson(text: string): unknown {
  return JSON.parse(text, (_, value: unknown) => (typeof value === 'string' ? value.toWellFormed() : value));
}
