import type { Identity } from '../identity.ts';
import type { Action, Change } from './change.ts';
import type { CobPatch, CobRevision } from './cob-patch.ts';

type Merge = { readonly by: string; readonly revision: string; readonly commit: string };
/** These two grow with each change, of which there may be thousands. */
type State = Omit<CobPatch, 'conflicts' | 'revisions'> & {
  readonly revisions: Map<string, CobRevision>;
  readonly merges: Merge[];
};

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
    state ??= {
      title: '',
      author,
      status: 'open',
      labels: [],
      assignees: [],
      revisions: new Map(),
      merges: [],
    };
    for (const action of change.actions) state = apply(state, action, { ...change, author }, delegates);
  }
  if (state === null) return null;
  const { merges, ...standing } = state;
  const rest = { ...standing, revisions: [...state.revisions.values()] };
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
  const own = (named: string): CobRevision | null => {
    const found = state.revisions.get(named);
    return found?.author === author ? found : null;
  };
  switch (action.type) {
    case 'revision': {
      const { description, base, oid } = action;
      // It is called as its change is: another one in the same change takes its place.
      state.revisions.set(id, { id, author, description, base, oid, at });
      return state;
    }
    case 'revision.edit': {
      const found = own(action.revision);
      if (found !== null) state.revisions.set(found.id, { ...found, description: action.description });
      return state;
    }
    case 'revision.redact': {
      const found = own(action.revision);
      if (found !== null) state.revisions.delete(found.id);
      return state;
    }
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
      if (isDelegate) state.merges.push({ by: author, revision, commit });
      return state;
    }
  }
}
