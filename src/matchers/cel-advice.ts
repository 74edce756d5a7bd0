import type { CelEnv } from '@bufbuild/cel';
import type { Flaw } from '../domain/condition.ts';
import { blankEvent, type Event } from '../domain/event.ts';
import { eventJson } from '../domain/event-json.ts';
import { eventId } from '../domain/id.ts';
import type { Json } from '../domain/json.ts';
import { nearest } from '../lib/nearest.ts';
import { type Parsed, pathText, places, references } from './cel-ast.ts';
import { deepestNesting, offsetOf, parseExpression } from './cel-check.ts';

/** What is allowed in an expression and probably not meant; nothing for one that cannot be read at all. */
export function adviseExpression(env: CelEnv, source: string): readonly Flaw[] {
  const parsed = parseExpression(env, source);
  if ('message' in parsed) return [];
  const everything = eventJson(fullEvent);
  const unknown = references(parsed.expr, deepestNesting).flatMap(({ path, steps }) => {
    const found = unknownField(everything, path);
    const expr = steps[found?.step ?? -1];
    return found === undefined || expr === undefined
      ? []
      : [{ message: found.message, offset: offsetOf(parsed, expr) }];
  });
  return [...unknown, ...untrustedAuthors(parsed)];
}

/** The first step of a path that leads nowhere in any event. */
function unknownField(
  everything: Json,
  path: readonly (string | number)[],
): { readonly message: string; readonly step: number } | undefined {
  let value: Json | undefined = everything;
  for (const [n, step] of path.entries()) {
    if (n === 0) continue;
    if (value === null || value === undefined || typeof value !== 'object') return undefined;
    const entries: readonly (readonly [string, Json])[] = Object.entries(value);
    const found = entries.find(([key]) => key === String(step));
    if (found === undefined) {
      if (typeof step === 'number') return undefined;
      const owner = pathText(path.slice(0, n));
      const known = entries.map(([key]) => key);
      const meant = nearest(step, known);
      const mend = meant === null ? `there are ${known.join(', ')}` : `did you mean ${owner}.${meant}?`;
      return { message: `no ${owner} has a "${step}"; ${mend}`, step: n };
    }
    value = found[1];
  }
  return undefined;
}

/** A commit's author is text that whoever made the commit chose; a patch's author is who the forge authenticated. */
function untrustedAuthors(parsed: Parsed): readonly Flaw[] {
  for (const { expr } of places(parsed.expr, deepestNesting)) {
    const { exprKind } = expr;
    if (exprKind.case !== 'selectExpr' || exprKind.value.field !== 'author') continue;
    const { operand } = exprKind.value;
    const [reference] = operand ? references(operand, deepestNesting) : [];
    if (reference !== undefined && pathText(reference.path) === 'event.patch') continue;
    const message =
      'anyone can write any author into a commit: decide by event.actor, whom the forge has authenticated';
    return [{ message, offset: offsetOf(parsed, expr) }];
  }
  return [];
}

/** An event that has everything an event can have: the fields that expressions may name are read off it. */
const fullEvent: Event = {
  ...blankEvent('patch'),
  id: eventId(''),
  source: '',
  delivery: null,
  receivedAt: 0,
  repo: { forge: '', name: '', url: '', defaultBranch: null },
  commits: [{ sha: '', message: '', author: '' }],
  changed: [''],
  patch: {
    number: '',
    title: '',
    url: null,
    from: { repo: null, branch: '' },
    fromFork: false,
    draft: false,
    author: { id: null, name: null },
    authorIsMember: false,
  },
  radicle: {
    namespace: null,
    standing: 'stranger',
    fetchedFrom: null,
    project: { name: '', description: '', isPrivate: false, delegates: [''] },
    files: [''],
    parent: null,
    patch: {
      author: { id: '', alias: null },
      status: 'open',
      conflicts: [],
      base: '',
      target: null,
      labels: [''],
      assignees: [],
      revisions: [],
    },
  },
  target: '',
  replayOf: eventId(''),
  caughtUp: true,
  note: '',
};
