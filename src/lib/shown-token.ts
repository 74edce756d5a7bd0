import { readFile } from 'node:fs/promises';

/** What to show to another server; null: nothing is known. The file is read each time: that server may start, and make it, later. */
export async function shownToken({
  token,
  tokenFile,
}: {
  readonly token: string | null;
  /** Null: there is none. */
  readonly tokenFile: string | null;
}): Promise<string | null> {
  if (token !== null || tokenFile === null) return token;
  return (await readFile(tokenFile, 'utf8').catch(() => '')).trim() || null;
}
