import type { Store } from '../../contracts/store.ts';
import type { RunId } from '../../domain/id.ts';
import { readStepLine } from '../../domain/step.ts';
import { isNewStart } from './job-log.ts';
import { countLines, type LineCount, type Printed } from './printed.ts';

/** A step that former attempts have told of. */
export interface PastStep {
  readonly id: number;
  readonly name: string;
  readonly command: string | null;
  /** Whether all of it was told. */
  readonly isOver: boolean;
  readonly printed: Printed;
}

/** Read at a time. */
const batch = 2_000;

/** What the log of a run tells so far, by steps. */
export async function readPast(store: Pick<Store, 'log'>, run: RunId): Promise<readonly PastStep[]> {
  const steps = new Map<number, Omit<PastStep, 'printed'> & { readonly count: LineCount }>();
  let current = -1;
  for (let after = 0; ; ) {
    const lines = await store.log(run, after, batch);
    const last = lines.at(-1);
    if (last === undefined) break;
    after = last.seq;
    for (const { stream, text } of lines) {
      const told = stream === 'system' ? readStepLine(text) : null;
      const known = steps.get(told?.id ?? current);
      if (told !== null) {
        current = told.id;
        const { id, name, command, status } = told;
        steps.set(id, { id, name, command, isOver: status === 'end', count: known?.count ?? countLines() });
      } else if (known !== undefined) {
        if (stream === 'stdout') known.count.add(text);
        else if (isNewStart(text)) steps.set(current, { ...known, count: countLines() });
      }
    }
  }
  return [...steps.values()].map(({ count, ...step }) => ({ ...step, printed: count.now() }));
}
