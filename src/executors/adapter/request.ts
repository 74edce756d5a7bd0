import type { AdapterDialect } from '../../domain/adapter.ts';
import type { Json } from '../../domain/json.ts';
import type { RadicleActor } from '../../domain/radicle.ts';
import type { PatchChange, PushChange, Trigger } from './trigger.ts';

type Fields = { readonly [key: string]: Json };

/** The request as one line of JSON, without its line feed. */
export function requestLine(trigger: Trigger, dialect: AdapterDialect): string {
  return JSON.stringify(request(trigger, dialect));
}

function request(trigger: Trigger, dialect: AdapterDialect): Fields {
  const { repository, change } = trigger;
  switch (dialect.protocol) {
    case 'minimal':
      return { request: 'trigger', repo: repository.id, commit: change.after };
    case 'draft':
      return { request: 'trigger', 'event-type': change.kind, ...body(trigger, dialect) };
    case 'unversioned':
      return { request: 'trigger', event_type: change.kind, ...body(trigger, dialect) };
    case 'v1':
      return { request: 'trigger', version: 1, event_type: change.kind, ...body(trigger, dialect) };
  }
}

function body({ repository, change }: Trigger, dialect: AdapterDialect): Fields {
  const { id, name, description, isPrivate, defaultBranch, delegates } = repository;
  const about = {
    repository: { id, name, description, private: isPrivate, default_branch: defaultBranch, delegates },
  };
  return change.kind === 'push'
    ? { ...about, ...push(change, dialect) }
    : { ...about, ...patch(change, dialect) };
}

function push(change: PushChange, dialect: AdapterDialect): Fields {
  const { pusher, after, branch } = change;
  return {
    pusher: actor(pusher),
    before: before(change, dialect),
    after,
    // Older protocols do not have it.
    ...(dialect.protocol === 'v1' ? { branch } : {}),
    commits: ordered(change.commits, dialect),
  };
}

/** There is no word for "nothing": a new branch begins at its tip, or where its oldest commit does. */
function before({ oldTip, parent, after }: PushChange, { pushBefore }: AdapterDialect): string {
  switch (pushBefore) {
    case 'old-tip':
      return oldTip ?? after;
    case 'tip':
      return after;
    case 'parent':
      return parent ?? oldTip ?? after;
  }
}

function patch(change: PatchChange, dialect: AdapterDialect): Fields {
  const { action, id, author, title, status, target, labels, assignees, revisions } = change;
  return {
    action: dialect.actionCase === 'capital' ? capital(action) : action,
    patch: {
      id,
      author: actor(author),
      title,
      state: {
        status: dialect.statusCase === 'capital' ? capital(status) : status,
        conflicts: change.conflicts.map(each => conflict(each, dialect)),
      },
      before: change.before,
      after: change.after,
      commits: ordered(change.commits, dialect),
      target: dialect.targetForm === 'word' ? 'delegates' : target,
      labels,
      assignees,
      revisions: revisions.map(({ at, ...revision }) => ({
        ...revision,
        author: actor(revision.author),
        timestamp: Math.floor(at / 1000),
      })),
    },
  };
}

function conflict({ revision, commit }: PatchChange['conflicts'][number], dialect: AdapterDialect): Json {
  switch (dialect.conflictsShape) {
    case 'pairs':
      return [revision, commit];
    case 'objects-snake':
      return { revision_id: revision, oid: commit };
    case 'objects-camel':
      return { revisionId: revision, oid: commit };
  }
}

const actor = ({ id, alias }: RadicleActor): Json => ({ id, alias });

const ordered = (commits: readonly string[], { commitsOrder }: AdapterDialect): readonly string[] =>
  commitsOrder === 'newest-first' ? commits : commits.toReversed();

const capital = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);
