const lineFeed = 10;
const carriageReturn = 13;

/** How many lines a chunk has; a last one may lack its line feed. */
export function countLines(bytes: Uint8Array): number {
  let lines = 0;
  let start = 0;
  for (let at = bytes.indexOf(lineFeed); at !== -1; at = bytes.indexOf(lineFeed, start)) {
    lines += 1;
    start = at + 1;
  }
  return start < bytes.length ? lines + 1 : lines;
}

/** The lines of a chunk as text, without their endings. */
export function* splitLines(bytes: Buffer): Generator<string> {
  for (let start = 0; start < bytes.length; ) {
    const found = bytes.indexOf(lineFeed, start);
    const end = found === -1 ? bytes.length : found;
    const ending = found > start && bytes[found - 1] === carriageReturn ? 1 : 0;
    yield bytes.toString('utf8', start, end - ending);
    start = end + 1;
  }
}
