import type { LogLine } from './log.ts';
import type { RunStatus } from './run.ts';
import { readStepLine, type Step } from './step.ts';

/** A log as Tangled shows it: everything that is printed stands in a step that has begun before. */
export type StepNews =
  | {
      readonly kind: 'control';
      readonly status: 'start' | 'end';
      readonly step: ShownStep;
      readonly at: number;
    }
  | {
      readonly kind: 'data';
      readonly step: number;
      readonly stream: 'stdout' | 'stderr';
      readonly text: string;
      readonly at: number;
    };

/** `id` counts from 0 through all attempts of the run, in the order in which steps begin. */
export type ShownStep = Pick<Step, 'id' | 'kind' | 'name' | 'command'>;

/** Reads a run's log from its first line on. */
export interface StepLog {
  /** What a line says; none for one that only tells which step others belong to. */
  read(line: LogLine): readonly StepNews[];
  /** What is left to say when the run has ended: which steps have, and why nothing ever began. */
  end(status: Extract<RunStatus, { state: 'finished' }>): readonly StepNews[];
}

/** What is printed outside of all steps has one of its own: Tangled shows nothing else. A `user` step is shown open. */
const outside = { kind: 'user', name: 'Log', command: null } as const;
/** So many lines of signalbox itself wait for the first step. */
const mostHeld = 100;
/** The step in which it is told why there is no other. */
const stillborn = { kind: 'user', name: 'Start the workflow', command: null } as const;

export function createStepLog(): StepLog {
  /** Steps that have begun and not ended, by the id that the present attempt knows them by; null: the one outside. */
  const open = new Map<number | null, ShownStep>();
  let begun = 0;
  /** Which one lines belong to. */
  let current: number | null = null;
  /** As the attempt knows them, also of those that have ended: what is said of them afterwards is still theirs. */
  const shown = new Map<number | null, number>();
  /** What signalbox itself has said before anything else: it stands in the first step, and makes none of its own. */
  let held: LogLine[] = [];

  function release(): readonly StepNews[] {
    const lines = held;
    held = [];
    return lines.flatMap(print);
  }

  function start(key: number | null, step: Omit<ShownStep, 'id'>, at: number): readonly StepNews[] {
    const begins = { ...step, id: begun++ };
    // One that begins a second time belongs to a new attempt: the first one ended without a word.
    const before = end(key, at);
    open.set(key, begins);
    shown.set(key, begins.id);
    return [...before, { kind: 'control', status: 'start', step: begins, at }];
  }

  function end(key: number | null, at: number): readonly StepNews[] {
    const step = open.get(key);
    open.delete(key);
    return step === undefined ? [] : [{ kind: 'control', status: 'end', step, at }];
  }

  function print(line: LogLine): readonly StepNews[] {
    const before = shown.has(current) ? [] : start(current, outside, line.at);
    const step = shown.get(current) ?? 0;
    const stream = line.stream === 'stdout' ? 'stdout' : 'stderr';
    return [...before, { kind: 'data', step, stream, text: line.text, at: line.at }];
  }

  return {
    read(line) {
      const step = line.stream === 'system' ? readStepLine(line.text) : null;
      if (step === null) {
        if (begun === 0 && line.stream === 'system' && held.length < mostHeld) {
          held.push(line);
          return [];
        }
        return [...release(), ...print(line)];
      }
      const { id, kind, status, name, command } = step;
      switch (status) {
        case 'start': {
          const before = end(null, line.at);
          current = id;
          return [...before, ...start(id, { kind, name, command }, line.at), ...release()];
        }
        case 'more':
          current = id;
          return [];
        case 'end':
          return end(id, line.at);
      }
    },
    end({ finishedAt: at, outcome, reason }) {
      const isStillborn = begun === 0 && outcome !== 'success';
      const text = reason ?? `it ended as ${outcome}`;
      const isTold = held.some(line => line.text === text);
      const before = isStillborn ? start(null, stillborn, at) : [];
      const lines = release();
      const why: StepNews = { kind: 'data', step: 0, stream: 'stderr', text, at };
      const ends = [...open.keys()].flatMap(key => end(key, at));
      return [...before, ...lines, ...(isStillborn && !isTold ? [why] : []), ...ends];
    },
  };
}
