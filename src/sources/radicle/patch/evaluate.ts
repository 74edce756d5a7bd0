import type { Identity } from '../identity.ts';
import type { Action, Change } from './change.ts';
import type { CobPatch, CobRevision } from './cob-patch.ts';

type Merge = { readonly by: string; readonly revision: string; readonly commit: string };
type State = Omit<CobPatch, 'conflicts'> & { readonly merges: readonly Merge[] };

/**
 * What a patch has become by its changes, by Radicle's own rules: from the first one on, siblings by their time and id;
 * what is not signed, and what follows from that, does not count; who may do what depends on the delegates. Null when
 * its first change cannot be used.
 */
export function evaluate(
  patch: string,
  changes: readonly Change[],
  { delegates, threshold }: Pick<Identity, 'delegates' | 'threshold'>,
): CobPatch | null {
  let state: State | null = null;
  for (const change of inOrder(patch, changes)) {
    const { author } = change;
    if (author === null) continue;
    state ??= { title: '', author, status: 'open', labels: [], assignees: [], revisions: [], merges: [] };
    for (const action of change.actions) state = apply(state, action, { ...change, author }, delegates);
  }
  if (state === null) return null;
  const { merges, ...rest } = state;
  const agreed = [...Map.groupBy(merges, ({ revision, commit }) => `${revision} ${commit}`).values()]
    .filter(same => new Set(same.map(({ by }) => by)).size >= threshold)
    .flatMap(([first]) => (first === undefined ? [] : [{ revision: first.revision, commit: first.commit }]));
  return agreed.length === 1
    ? { ...rest, status: 'merged', conflicts: [] }
    : { ...rest, conflicts: agreed.length > 1 ? agreed : [] };
}

/** Each after its parents, siblings by time; without those that are not signed, and all that come after them. */
function inOrder(patch: string, changes: readonly Change[]): readonly Change[] {
  const signed = changes.filter(({ author }) => author !== null);
  const children = new Map<string, Change[]>();
  const missing = new Map<string, number>();
  for (const change of signed) {
    const parents = new Set(change.parents);
    missing.set(change.id, parents.size);
    for (const parent of parents) {
      const siblings = children.get(parent);
      if (siblings === undefined) children.set(parent, [change]);
      else siblings.push(change);
    }
  }
  const ordered: Change[] = [];
  const ready = signed.filter(({ id }) => id === patch);
  for (let next = ready.pop(); next !== undefined; next = ready.pop()) {
    ordered.push(next);
    for (const child of children.get(next.id) ?? []) {
      const left = (missing.get(child.id) ?? 0) - 1;
      missing.set(child.id, left);
      if (left === 0 && child.id !== patch) ready.splice(placeOf(child, ready), 0, child);
    }
  }
  return ordered;
}

/** Where a change stands among others that are sorted, the earliest last. */
function placeOf(change: Change, sorted: readonly Change[]): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    const other = sorted[middle];
    if (other !== undefined && isEarlier(change, other)) low = middle + 1;
    else high = middle;
  }
  return low;
}

const isEarlier = (a: Change, b: Change): boolean => (a.at === b.at ? a.id < b.id : a.at < b.at);

function apply(
  state: State,
  action: Action,
  { id, author, at }: { readonly id: string; readonly author: string; readonly at: number },
  delegates: readonly string[],
): State {
  const isDelegate = delegates.includes(author);
  const mayEdit = isDelegate || author === state.author;
  const isOwn = (revision: CobRevision, named: string) => revision.id === named && revision.author === author;
  switch (action.type) {
    case 'revision': {
      const { description, base, oid } = action;
      return { ...state, revisions: [...state.revisions, { id, author, description, base, oid, at }] };
    }
    case 'revision.edit':
      return {
        ...state,
        revisions: state.revisions.map(each =>
          isOwn(each, action.revision) ? { ...each, description: action.description } : each,
        ),
      };
    case 'revision.redact':
      return { ...state, revisions: state.revisions.filter(each => !isOwn(each, action.revision)) };
    case 'edit':
      return mayEdit ? { ...state, title: action.title } : state;
    case 'label':
      return isDelegate ? { ...state, labels: action.labels.toSorted() } : state;
    case 'assign':
      return isDelegate ? { ...state, assignees: action.assignees } : state;
    case 'lifecycle':
      return mayEdit ? { ...state, status: action.state.status } : state;
    case 'merge': {
      const { revision, commit } = action;
      return isDelegate ? { ...state, merges: [...state.merges, { by: author, revision, commit }] } : state;
    }
  }
}
