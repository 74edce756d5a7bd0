import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const file = join(import.meta.dirname, '..', 'docs', 'performance.md');
const marks = ['<!-- measured -->', '<!-- /measured -->'] as const;

/** Puts the table where the document has its marks; the rest is written by people. */
export function writeIntoDocs(table: string): void {
  const text = readFileSync(file, 'utf8');
  const [start, end] = marks.map(mark => text.indexOf(mark));
  if (start === undefined || end === undefined || start < 0 || end < start)
    throw new Error(`${file} has no place for a table: it belongs between ${marks.join(' and ')}`);
  writeFileSync(file, `${text.slice(0, start + marks[0].length)}\n\n${table}\n${text.slice(end)}`);
}
