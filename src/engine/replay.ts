import { SignalboxError } from '../domain/errors.ts';
import { blankEvent, type Repo } from '../domain/event.ts';
import type { EventId } from '../domain/id.ts';
import { isCommitId, isRefName } from '../domain/ref-name.ts';
import type { Rule } from '../domain/rule.ts';
import type { Verdict } from '../domain/verdict.ts';
import { decide } from './decide.ts';
import { type Answer, admit, type IntakeNeeds, identify } from './intake.ts';

/**
 * A stored event once more, against the rules in force now, as an event of its own; also "run anyway" for a duplicate.
 * With a `target` it asks for that rule alone.
 */
export async function replay(needs: IntakeNeeds, id: EventId, target: string | null = null): Promise<Answer> {
  const original = await load(needs, id);
  const { source, delivery } = original;
  // No delivery id: the repetition is wanted, so it must not be taken for a copy.
  const event = identify(
    needs,
    { ...original, deliveryId: null, caughtUp: false, target: target ?? original.target },
    { source, delivery, replayOf: id },
  );
  return admit(needs, event, { delivery: null, position: null });
}

/** What `rules` would answer to a stored event. Stores nothing, runs nothing. */
export async function dryRun(
  needs: IntakeNeeds,
  id: EventId,
  rules: readonly Rule[],
): Promise<readonly Verdict[]> {
  return decide(needs, rules, await load(needs, id)).verdicts;
}

/**
 * Starts one rule by hand. `repo` is a clone URL or the name of a repository that an event came from; null means the
 * rule's own. `ref` is a full name, a branch's name or a commit; null means the default branch. The commit is looked up
 * when the run starts.
 */
export async function startByHand(
  needs: IntakeNeeds,
  wish: {
    readonly rule: string;
    readonly repo: string | null;
    readonly ref: string | null;
    readonly by: string;
  },
): Promise<Answer> {
  const rule = needs.rules().find(rule => rule.name === wish.rule);
  if (rule === undefined) throw new SignalboxError('not_found', `there is no rule "${wish.rule}"`);
  const wanted = wish.repo ?? rule.repo;
  const repo = wanted === null ? null : await repoNamed(needs, wanted);
  if (wanted !== null && repo === null)
    throw new SignalboxError(
      'invalid',
      `no event has come from a repository "${wanted}" yet: give its clone URL instead`,
    );
  const ref = wish.ref === null ? null : fullName(wish.ref);
  const event = identify(
    needs,
    {
      ...blankEvent('manual'),
      action: 'started',
      target: rule.name,
      repo,
      ref: repo === null ? null : (ref ?? 'HEAD'),
      branch: ref === null ? (repo?.defaultBranch ?? null) : (/^refs\/heads\/(.+)$/.exec(ref)?.[1] ?? null),
      actor: { id: null, name: wish.by },
    },
    { source: 'manual', delivery: null, replayOf: null },
  );
  return admit(needs, event, { delivery: null, position: null });
}

function fullName(ref: string): string {
  if (ref === 'HEAD' || isCommitId(ref)) return ref;
  const name = ref.startsWith('refs/') ? ref : `refs/heads/${ref}`;
  if (!isRefName(name))
    throw new SignalboxError(
      'invalid',
      `"${ref}" is no name of a branch: write one, a commit's id, or a full name such as refs/tags/v1`,
    );
  return name;
}

/**
 * The repository of a rule that no event brings one to. When no event has named it yet its URL stays empty, and the run
 * says so: a schedule must not stand still because of one rule.
 */
export async function repoOfRule(needs: Pick<IntakeNeeds, 'store'>, rule: Rule): Promise<Repo | null> {
  if (rule.repo === null) return null;
  return (
    (await repoNamed(needs, rule.repo)) ?? { forge: 'git', name: rule.repo, url: '', defaultBranch: null }
  );
}

/** By clone URL, or by name when an event has come from it. */
async function repoNamed(needs: Pick<IntakeNeeds, 'store'>, wanted: string): Promise<Repo | null> {
  if (!/^[a-z][a-z0-9+.-]*:\/\//i.test(wanted)) return needs.store.repo(wanted);
  if (wanted.startsWith('rad://'))
    return { forge: 'radicle', name: wanted.replace('rad://', 'rad:'), url: wanted, defaultBranch: null };
  const name = wanted.replace(/^.*?:\/\/[^/]*\//, '').replace(/\.git$/, '');
  return { forge: 'git', name, url: wanted, defaultBranch: null };
}

async function load(needs: IntakeNeeds, id: EventId) {
  const event = await needs.store.bareEvent(id);
  if (event === undefined) throw new SignalboxError('not_found', `there is no event ${id}`);
  return event;
}
