import { useEffect, useMemo } from 'preact/hooks';
import { useBox } from '../box.ts';
import { useWatched } from '../state.ts';
import type { RunDetail } from '../wire.ts';
import { createLogReader, type LogReader, type LogState } from './log-reader.ts';
import { type Marks, useLogMarks } from './use-log-marks.ts';

/** The log of a run, as far as it is here, and what structures it. */
export interface Log extends Marks, LogState {
  readonly reader: LogReader;
}

/** Listens to the log of a run while the component is shown. */
export function useLog(run: RunDetail): Log {
  const { api } = useBox();
  const reader = useMemo(() => createLogReader(api, run.id, run.logLines), [run.id]);
  useEffect(() => reader.start(), [reader]);
  const state = useWatched(reader.state);
  return { reader, ...state, ...useLogMarks(run.id, state.newest) };
}
