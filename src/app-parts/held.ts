import { closeSync, mkdirSync, openSync, readFileSync, renameSync, writeFileSync, writeSync } from 'node:fs';
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
  /** Throws when that cannot be written down: the attempt is not held then. */
  add(run: RunId, attempt: number): void;
  remove(run: RunId, attempt: number): void;
  /** Removes those of the earlier life. */
  forget(): void;
}

/** When more than this, and more than half of a file, tells of what is over, it is written anew without that. */
const mostIdleBytes = 64 * 1024;

/**
 * Opens the file, a line for each attempt that begins (`+`) or is over (`-`). Lines are written at once, without a
 * sync: what is asked for is to outlive this process; what outlives the machine has no processes there any more.
 */
export function openHeld(file: string): Held {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  let descriptor = openSync(file, 'a+', 0o600);
  const text = readFileSync(file, 'utf8');
  // Behind a line that a crash has cut begins a new one.
  if (text !== '' && !text.endsWith('\n')) writeSync(descriptor, '\n');
  const left = readHeld(text);
  const held = new Set(left.map(nameOf));
  let size = text.length;

  const say = (sign: '+' | '-', name: string): void => {
    size += writeSync(descriptor, lineOf(sign, name));
  };
  /** Puts another file in its place: killed on the way, this process leaves the one or the other. */
  function tidy(): void {
    const lines = [...held].map(name => lineOf('+', name)).join('');
    if (size - lines.length < Math.max(mostIdleBytes, lines.length)) return;
    const next = `${file}.next`;
    writeFileSync(next, lines, { mode: 0o600 });
    renameSync(next, file);
    const opened = openSync(file, 'a');
    closeSync(descriptor);
    descriptor = opened;
    size = lines.length;
  }
  const remove = (name: string): void => {
    if (!held.delete(name)) return;
    say('-', name);
    if (size >= mostIdleBytes) tidy();
  };
  return {
    left,
    add: (run, attempt) => {
      const name = nameOf({ run, attempt });
      say('+', name);
      held.add(name);
    },
    remove: (run, attempt) => remove(nameOf({ run, attempt })),
    forget: () => {
      for (const each of left) remove(nameOf(each));
    },
    [Symbol.dispose]: () => closeSync(descriptor),
  };
}

const lineOf = (sign: '+' | '-', name: string): string => `${sign} ${name}\n`;
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
