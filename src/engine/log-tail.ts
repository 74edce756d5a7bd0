import type { Store } from '../contracts/store.ts';
import type { RunId } from '../domain/id.ts';

/** The last lines that a run's programs printed, at most so many; those that the house wrote are not among them. */
export async function logTail(
  { store }: { readonly store: Pick<Store, 'log' | 'logEnd'> },
  run: RunId,
  most: number,
): Promise<readonly string[]> {
  const end = await store.logEnd(run);
  const tail: string[] = [];
  for (let after = Math.max(0, end - most); after < end; ) {
    const lines = await store.log(run, after, most);
    for (const line of lines) if (line.stream !== 'system') tail.push(line.text);
    const last = lines.at(-1);
    if (last === undefined) break;
    after = last.seq;
  }
  return tail;
}
