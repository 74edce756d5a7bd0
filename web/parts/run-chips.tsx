import type { VNode } from 'preact';
import type { Standing } from '../wire.ts';
import { aspectOf, urgency } from './aspect.ts';
import { RunChip } from './run-chip.tsx';

interface Chip {
  readonly id: string;
  readonly rule: string;
  /** Undefined until it is known. */
  readonly standing: Standing | undefined;
}

/** The runs of one event, `most` of them: where not all have room, what went wrong has it. Others are counted. */
export function RunChips({ runs, most }: { readonly runs: readonly Chip[]; readonly most: number }): VNode {
  const urgent = runs.toSorted((a, b) => urgencyOf(a) - urgencyOf(b)).slice(0, most);
  return (
    <>
      {/* They stay in their order: nothing moves because another run has ended. */}
      {runs
        .filter(run => urgent.includes(run))
        .map(({ id, rule, standing }) => (
          <RunChip key={id} id={id} rule={rule} standing={standing} />
        ))}
      {runs.length > most && <span class="soft small">+{runs.length - most}</span>}
    </>
  );
}

const urgencyOf = ({ standing }: Chip): number =>
  urgency.indexOf(standing === undefined ? 'none' : aspectOf(standing));
