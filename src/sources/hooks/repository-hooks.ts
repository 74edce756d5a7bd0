import { type Authentication, type Delivery, header } from '../../domain/delivery.ts';
import { blankEvent, type NewEvent } from '../../domain/event.ts';
import type { RepositoryHook, Rule } from '../../domain/rule.ts';
import { authenticate as byGitea } from '../gitea/signature.ts';
import { authenticate as byGithub } from '../github/signature.ts';
import { authenticate as byGitlab } from '../gitlab/signature.ts';
import { aimOf } from './aim.ts';
import { hookRule } from './hook-rule.ts';
import type { HookRequest } from './request/request.ts';

/** Where a repository has its hooks. */
export const repositoryHooksFile = 'hooks.json';

/** Who may bring hooks of their own. */
export interface RepositoryGate {
  readonly repositories: readonly string[];
  readonly branches: readonly string[];
  readonly secrets: readonly string[];
}

/** No hook of a file may have this id. */
export const repositoryHooksName = 'hooks of repositories';

/** The rule that answers to calls of them: it asks for the repository and the branch. */
export function repositoryHooksRule({ repositories, branches }: RepositoryGate): Rule {
  const rule = hookRule({ id: repositoryHooksName, run: null }, true);
  return {
    ...rule,
    when: {
      kind: 'all',
      of: [rule.when, { kind: 'repo', patterns: repositories }, { kind: 'branch', patterns: branches }],
    },
    timeoutMs: usualTimeoutMs,
  };
}

/** As for every rule that checks a commit out. */
const usualTimeoutMs = 3_600_000;

/** Whether a request is from the forge; asked before anything of it is read. */
export function proofOf({ secrets }: RepositoryGate, delivery: Delivery): Authentication {
  if (header(delivery, 'x-gitlab-event') !== undefined)
    return byGitlab({ tokens: secrets, keys: [] }, delivery);
  const isGitea = header(delivery, 'x-gitea-event') ?? header(delivery, 'x-forgejo-event');
  return isGitea === undefined ? byGithub(secrets, delivery) : byGitea(secrets, delivery);
}

/** What a request means that is from the forge: a call of a hook of the repository. */
export function repositoryEvent(id: string, delivery: Delivery, request: HookRequest): NewEvent {
  const aim = aimOf(delivery);
  const told = aim.result === 'commit' ? aim.event : blankEvent('hook');
  const text = aim.result === 'commit' ? `${repositoryHooksFile} of the commit has the rest` : aim.reason;
  return {
    ...told,
    type: 'hook',
    action: 'called',
    deliveryId: told.deliveryId === null ? null : JSON.stringify([id, told.deliveryId]),
    call: {
      rule: repositoryHooksName,
      name: id,
      action:
        aim.result === 'commit' ? { kind: 'repository hook', call: callOf(id, delivery, request) } : null,
      env: {},
      grounds: { holds: aim.result === 'commit', text, seen: id, error: false, parts: [] },
    },
  };
}

/** As it is kept: without what nobody may read later. */
function callOf(
  id: string,
  { headers, path }: Delivery,
  { method, body, peer, receivedAt }: HookRequest,
): RepositoryHook {
  const [, query = ''] = /\?([^]*)$/.exec(path) ?? [];
  return {
    id,
    request: { method, headers, query, body: Buffer.from(body).toString('base64'), peer, receivedAt },
  };
}

/** The request again, for the hook that is asked about it. */
export const requestOf = ({ request: { body, ...rest } }: RepositoryHook): HookRequest => ({
  ...rest,
  body: Buffer.from(body, 'base64'),
  complete: true,
});
