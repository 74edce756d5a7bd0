import { join } from 'node:path';
import { htmlText, jsText, queryText } from './escape.ts';
import { noValue, sprint, sprintf, sprintln } from './print.ts';
import type { Datum } from './tree.ts';

/** What a template may ask for. */
export interface TemplateWorld {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The text of a file; null when it cannot be read. */
  readFile(path: string): string | null;
}

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

interface Called {
  readonly least: number;
  readonly most: number;
  readonly call: (world: TemplateWorld, data: readonly Datum[]) => Datum;
}

const any = Number.POSITIVE_INFINITY;
const takes = (least: number, most: number, call: Called['call']): Called => ({ least, most, call });
const compares = (holds: (order: number) => boolean): Called =>
  takes(2, 2, (_, data) => boolean(holds(compare(at(data, 0), at(data, 1)))));

const known: ReadonlyMap<string, Called> = new Map<string, Called>([
  ['getenv', takes(1, 1, ({ env }, data) => text(env[textOf(data, 0)] ?? ''))],
  ['cat', takes(1, 1, (world, data) => text(fileText(world, textOf(data, 0))))],
  ['credential', takes(1, 1, (world, data) => text(credential(world, textOf(data, 0))))],
  ['print', takes(0, any, (_, data) => text(sprint(data)))],
  ['println', takes(0, any, (_, data) => text(sprintln(data)))],
  ['printf', takes(1, any, (_, data) => text(sprintf(textOf(data, 0), data.slice(1))))],
  ['html', takes(0, any, (_, data) => text(htmlText(shown(data))))],
  ['js', takes(0, any, (_, data) => text(jsText(shown(data))))],
  ['urlquery', takes(0, any, (_, data) => text(queryText(shown(data))))],
  ['not', takes(1, 1, (_, data) => boolean(!isTrue(at(data, 0))))],
  ['and', takes(1, any, (_, data) => data.find(datum => !isTrue(datum)) ?? at(data, data.length - 1))],
  ['or', takes(1, any, (_, data) => data.find(isTrue) ?? at(data, data.length - 1))],
  ['eq', takes(2, any, (_, data) => boolean(data.slice(1).some(datum => equal(at(data, 0), datum))))],
  ['ne', takes(2, 2, (_, data) => boolean(!equal(at(data, 0), at(data, 1))))],
  ['lt', compares(order => order < 0)],
  ['le', compares(order => order <= 0)],
  ['gt', compares(order => order > 0)],
  ['ge', compares(order => order >= 0)],
  ['len', takes(1, 1, (_, data) => ({ type: 'integer', value: BigInt(bytesOf(data).length) }))],
  ['index', takes(1, 2, (_, data) => byteAt(data))],
  ['slice', takes(1, 3, (_, data) => text(sliced(bytesOf(data), data)))],
  [
    'call',
    takes(1, any, () => {
      throw new Error('there is nothing that it could call');
    }),
  ],
]);

/** The functions that templates may call. */
export const functionNames: ReadonlySet<string> = new Set(known.keys());

/** Calls a function; what it throws is the reason why the template cannot run. */
export function callFunction(world: TemplateWorld, name: string, data: readonly Datum[]): Datum {
  const called = known.get(name);
  if (called === undefined) throw new Error('there is no such function');
  if (data.length < called.least || data.length > called.most)
    throw new Error(data.length < called.least ? 'an argument is missing' : 'too many arguments');
  return called.call(world, data);
}

function at(data: readonly Datum[], n: number): Datum {
  const datum = data[n];
  if (datum === undefined) throw new Error('an argument is missing');
  return datum;
}

function textOf(data: readonly Datum[], n: number): string {
  const datum = at(data, n);
  if (datum.type !== 'text') throw new Error(`argument ${n + 1} must be a text`);
  return datum.value;
}

/** What is to be escaped: nothing shows as it does when it is printed alone. */
const shown = (data: readonly Datum[]): string =>
  sprint(data.map(datum => (datum.type === 'nothing' ? text(noValue) : datum)));

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

function byteAt(data: readonly Datum[]): Datum {
  if (data.length === 1) return at(data, 0);
  const bytes = bytesOf(data);
  return { type: 'integer', value: BigInt(bytes[positionOf(data, 1, bytes.length - 1)] ?? 0) };
}

function sliced(bytes: Buffer, data: readonly Datum[]): string {
  const from = data.length > 1 ? positionOf(data, 1, bytes.length) : 0;
  const to = data.length > 2 ? positionOf(data, 2, bytes.length) : bytes.length;
  if (to < from) throw new Error('a slice ends before it begins');
  return bytes.toString('utf8', from, to);
}
