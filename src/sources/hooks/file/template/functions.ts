import { join } from 'node:path';
import { htmlText, jsText, queryText } from './escape.ts';
import { sprint, sprintf, sprintln } from './print.ts';
import type { Datum } from './tree.ts';

/** What a template may ask for. */
export interface TemplateWorld {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The text of a file; null when it cannot be read. */
  readFile(path: string): string | null;
}

type Called = (world: TemplateWorld, data: readonly Datum[]) => Datum;

const text = (value: string): Datum => ({ type: 'text', value });
const boolean = (value: boolean): Datum => ({ type: 'boolean', value });

/** Whether a value counts as true. */
export function isTrue(datum: Datum): boolean {
  switch (datum.type) {
    case 'text':
      return datum.value !== '';
    case 'integer':
      return datum.value !== 0n;
    case 'float':
      return datum.value !== 0;
    case 'boolean':
      return datum.value;
    case 'nil':
    case 'nothing':
      return false;
  }
}

/** The functions of templates by name; what they throw is the reason why the template cannot run. */
export const functions: ReadonlyMap<string, Called> = new Map<string, Called>([
  ['getenv', ({ env }, data) => text(env[textOf(data, 0)] ?? '')],
  ['cat', (world, data) => text(fileText(world, textOf(data, 0)))],
  ['credential', (world, data) => text(credential(world, textOf(data, 0)))],
  ['print', (_, data) => text(sprint(data))],
  ['println', (_, data) => text(sprintln(data))],
  ['printf', (_, data) => text(sprintf(textOf(data, 0), data.slice(1)))],
  ['html', (_, data) => text(htmlText(sprint(data)))],
  ['js', (_, data) => text(jsText(sprint(data)))],
  ['urlquery', (_, data) => text(queryText(sprint(data)))],
  ['not', (_, data) => boolean(!isTrue(at(data, 0)))],
  ['and', (_, data) => data.find(datum => !isTrue(datum)) ?? at(data, data.length - 1)],
  ['or', (_, data) => data.find(isTrue) ?? at(data, data.length - 1)],
  [
    'eq',
    (_, data) => boolean([...data.slice(1), ...missing(data, 2)].some(datum => equal(at(data, 0), datum))),
  ],
  ['ne', (_, data) => boolean(!equal(at(data, 0), at(data, 1)))],
  ['lt', (_, data) => boolean(compare(at(data, 0), at(data, 1)) < 0)],
  ['le', (_, data) => boolean(compare(at(data, 0), at(data, 1)) <= 0)],
  ['gt', (_, data) => boolean(compare(at(data, 0), at(data, 1)) > 0)],
  ['ge', (_, data) => boolean(compare(at(data, 0), at(data, 1)) >= 0)],
  ['len', (_, data) => ({ type: 'integer', value: BigInt(bytesOf(data).length) })],
  ['index', (_, data) => byteAt(bytesOf(data), data)],
  ['slice', (_, data) => text(sliced(bytesOf(data), data))],
  [
    'call',
    () => {
      throw new Error('nothing here can be called by "call"');
    },
  ],
]);

function at(data: readonly Datum[], n: number): Datum {
  const datum = data[n];
  if (datum === undefined) throw new Error('an argument is missing');
  return datum;
}

/** Throws when there are fewer. */
function missing(data: readonly Datum[], least: number): readonly Datum[] {
  at(data, least - 1);
  return [];
}

function textOf(data: readonly Datum[], n: number): string {
  const datum = at(data, n);
  if (datum.type !== 'text') throw new Error(`argument ${n + 1} must be a text`);
  return datum.value;
}

/** Without the line's end that editors put behind it. */
const fileText = (world: TemplateWorld, path: string): string =>
  (world.readFile(path) ?? '').replace(/\n$/, '');

/** A file in the directory that the service manager keeps secrets in, else a variable. */
function credential(world: TemplateWorld, name: string): string {
  const directory = world.env['CREDENTIALS_DIRECTORY'];
  return directory === undefined ? (world.env[name] ?? '') : fileText(world, join(directory, name));
}

function equal(a: Datum, b: Datum): boolean {
  if (isNothing(a) || isNothing(b)) return isNothing(a) && isNothing(b);
  if (a.type !== b.type) throw new Error(`a ${a.type} cannot be compared with a ${b.type}`);
  return !isNothing(a) && !isNothing(b) && a.value === b.value;
}

type Nothing = Datum & { readonly type: 'nil' | 'nothing' };
const isNothing = (datum: Datum): datum is Nothing => datum.type === 'nil' || datum.type === 'nothing';

function compare(a: Datum, b: Datum): number {
  if (a.type === 'text' && b.type === 'text')
    return Buffer.compare(Buffer.from(a.value), Buffer.from(b.value));
  if (a.type === 'integer' && b.type === 'integer') return a.value < b.value ? -1 : Number(a.value > b.value);
  if (a.type === 'float' && b.type === 'float') return a.value - b.value;
  throw new Error(`a ${a.type} cannot be compared with a ${b.type}`);
}

const bytesOf = (data: readonly Datum[]): Buffer => Buffer.from(textOf(data, 0));

function positionOf(data: readonly Datum[], n: number, most: number): number {
  const datum = at(data, n);
  if (datum.type !== 'integer' || datum.value < 0n || datum.value > BigInt(most))
    throw new Error('a position is outside of the text');
  return Number(datum.value);
}

function byteAt(bytes: Buffer, data: readonly Datum[]): Datum {
  if (data.length === 1) return at(data, 0);
  return { type: 'integer', value: BigInt(bytes[positionOf(data, 1, bytes.length - 1)] ?? 0) };
}

function sliced(bytes: Buffer, data: readonly Datum[]): string {
  const from = data.length > 1 ? positionOf(data, 1, bytes.length) : 0;
  const to = data.length > 2 ? positionOf(data, 2, bytes.length) : bytes.length;
  if (to < from) throw new Error('a slice ends before it begins');
  return bytes.toString('utf8', from, to);
}
