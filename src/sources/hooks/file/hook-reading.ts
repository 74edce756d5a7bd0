import { cut } from '../../../domain/shown.ts';
import type { Surroundings } from '../../../lib/references.ts';
import type { Behaviour } from '../deviations.ts';
import { Refusal } from './node.ts';
import type { Notes } from './shape.ts';

/** How a hook is read. */
export interface HookReading {
  readonly behaviour: Behaviour;
  /** Where references are looked up; null: nowhere, and each stands for itself. */
  readonly references: Surroundings | null;
  readonly notes: Notes;
  /** That of the hook, for mistakes in what the original program does not know. */
  readonly id: string;
}

/** Says which hook a mistake is in, and in which of its properties. */
export function inHook<T>({ id }: Pick<HookReading, 'id'>, name: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    throw new Refusal(`the hook "${cut(id)}", in "${name}": ${error.message}`, error.at);
  }
}
