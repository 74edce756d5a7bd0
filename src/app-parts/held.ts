import { closeSync, ftruncateSync, mkdirSync, openSync, readFileSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { parseRunId, type RunId } from '../domain/id.ts';

/** An attempt at a run. */
export interface HeldAttempt {
  readonly run: RunId;
  readonly attempt: number;
}

/** Which attempts an agent has, on its disk: its next life finds there what a killed one left behind. */
export interface Held extends Disposable {
  /** Those of an earlier life, until they are forgotten. */
  readonly left: readonly HeldAttempt[];
  add(run: RunId, attempt: number): void;
  remove(run: RunId, attempt: number): void;
  /** Removes those of the earlier life. */
  forget(): void;
}

/** A file with nothing in it but what is over is emptied at this size. */
const mostIdleBytes = 64 * 1024;

/**
 * Opens the file, a line for each attempt that begins (`+`) or is over (`-`). Lines are written at once, without a
 * sync: what is asked for is to outlive this process; what outlives the machine has no processes there any more.
 */
export function openHeld(file: string): Held {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const descriptor = openSync(file, 'a+', 0o600);
  const text = readFileSync(file, 'utf8');
  // Behind a line that a crash has cut begins a new one.
  if (text !== '' && !text.endsWith('\n')) writeSync(descriptor, '\n');
  const left = readHeld(text);
  const held = new Set(left.map(nameOf));
  let size = 0;

  const say = (sign: '+' | '-', name: string): void => {
    size += writeSync(descriptor, `${sign} ${name}\n`);
    if (held.size > 0 || size < mostIdleBytes) return;
    ftruncateSync(descriptor);
    size = 0;
  };
  const remove = (name: string): void => {
    if (held.delete(name)) say('-', name);
  };
  return {
    left,
    add: (run, attempt) => {
      const name = nameOf({ run, attempt });
      held.add(name);
      say('+', name);
    },
    remove: (run, attempt) => remove(nameOf({ run, attempt })),
    forget: () => {
      for (const each of left) remove(nameOf(each));
    },
    [Symbol.dispose]: () => closeSync(descriptor),
  };
}

const nameOf = ({ run, attempt }: HeldAttempt): string => `${run}.${attempt}`;

/** A last line without its end was cut by a crash: what it tells of had not begun. */
function readHeld(text: string): readonly HeldAttempt[] {
  const held = new Map<string, HeldAttempt>();
  for (const line of text.split('\n').slice(0, -1)) {
    const [sign, name = ''] = line.split(' ');
    const [id = '', attempt = ''] = name.split('.');
    const run = parseRunId(id);
    if (run === undefined || !/^\d+$/.test(attempt)) continue;
    if (sign === '+') held.set(name, { run, attempt: Number(attempt) });
    else held.delete(name);
  }
  return [...held.values()];
}
