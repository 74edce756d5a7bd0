import type { VNode } from 'preact';
import { address } from '../api.ts';
import { CopyButton } from '../parts/copy-button.tsx';
import type { LineRange } from '../route.ts';
import { useWatched } from '../state.ts';
import type { RunDetail } from '../wire.ts';
import { logSettings, prefer, timeKinds } from './settings.ts';
import type { Folds } from './use-folds.ts';

const timeWords = { none: 'No times', clock: 'Clock times', elapsed: 'Elapsed times' } as const;

/** How the log is shown, and where else it can be had. */
export function LogTools(props: {
  readonly run: RunDetail;
  readonly lines: LineRange | null;
  readonly folds: Folds;
  readonly firstError: number | null;
  readonly showError: () => void;
}): VNode {
  const { run, folds, firstError } = props;
  const { wraps, times } = useWatched(logSettings);
  const isAllFolded = folds.sections.every(folds.isFolded);
  return (
    <div class="log-tools">
      {firstError !== null && (
        <button type="button" class="button button-small button-grave" onClick={props.showError}>
          First error
        </button>
      )}
      {folds.sections.length > 0 && (
        <button type="button" class="button button-small" onClick={() => folds.foldAll(!isAllFolded)}>
          {isAllFolded ? 'Unfold' : 'Fold'}
        </button>
      )}
      <select
        class="field field-small"
        aria-label="Times of the lines"
        value={times}
        onChange={event =>
          prefer({ times: timeKinds.find(kind => kind === event.currentTarget.value) ?? 'none' })
        }
      >
        {timeKinds.map(kind => (
          <option key={kind} value={kind}>
            {timeWords[kind]}
          </option>
        ))}
      </select>
      <button
        type="button"
        class="button button-small button-toggle"
        aria-pressed={wraps}
        onClick={() => prefer({ wraps: !wraps })}
      >
        Wrap
      </button>
      {props.lines !== null && <CopyButton text={() => location.href} label="Copy link" small />}
      <a class="button button-small" href={address.rawLog(run.id)} download={`${run.id}.log`}>
        Raw
      </a>
    </div>
  );
}
