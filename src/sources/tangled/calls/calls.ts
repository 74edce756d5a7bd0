import type { DidDocumentResolver } from '@atcute/identity-resolver';
import type { SpindleCalls, SpindleRepo } from '../../../contracts/spindle-calls.ts';
import type { UsedTokenStore } from '../../../contracts/used-token-store.ts';
import { SignalboxError } from '../../../domain/errors.ts';
import { pipelineRepo } from '../../../domain/pipeline.ts';
import type { KnotApi } from '../knot/api.ts';
import type { Identities } from '../network/identity.ts';
import type { Pds } from '../network/pds.ts';
import { houseRepo, repoUri, type TangledRepo } from '../network/repo.ts';
import type { Rights } from '../network/rights.ts';
import { isNamed } from '../network/watch-list.ts';
import type { OwnPipelineNeeds } from '../own-pipeline.ts';
import { workflowFolder } from '../workflow-files.ts';
import { forkUrl } from './fork.ts';
import { isFromAnyServer, verifyServiceToken } from './service-token.ts';
import { createUsedTokens } from './used-tokens.ts';
import { wished } from './wished.ts';

export interface CallsNeeds {
  readonly hostname: string;
  readonly now: () => number;
  readonly usedTokens: UsedTokenStore;
  readonly rights: Rights;
  readonly documents: DidDocumentResolver;
  readonly identities: Pick<Identities, 'of'>;
  readonly pds: Pick<Pds, 'record'>;
  readonly knots: Pick<KnotApi, 'describe' | 'defaultBranch'>;
  readonly making: OwnPipelineNeeds;
}

/** Each asks servers that its sender has chosen, before anybody knows who that is. */
const mostChecked = 32;
/** Of them, those whose documents lie wherever their issuers want: such a server may answer as slowly as it likes. */
const mostFromAnyServer = 8;

/** What callers of this spindle want, and whether they may. */
export function createCalls(needs: CallsNeeds): SpindleCalls {
  const { rights, making } = needs;
  const used = createUsedTokens(needs.usedTokens, needs.now);
  let checked = 0;
  let fromAnyServer = 0;

  function repoOf(repo: TangledRepo): SpindleRepo {
    const { knot } = repo;
    return {
      knot,
      name: pipelineRepo(repo),
      uri: repoUri(repo),
      owns: pipeline => pipeline.knot === knot && isNamed(repo, pipeline.repo),
      mayPush: (did, signal) => rights.mayPush(did, repo, signal),
      maySettings: (did, signal) => rights.maySettings(did, repo, signal),
      pipeline: (wish, signal) => wished({ ...needs, ...making }, repo, wish, signal),
      async definitions({ sha, sourceRepo }, signal) {
        const url =
          sourceRepo === null || sourceRepo === repo.repoDid
            ? houseRepo(making.net, repo, null, false).url
            : await forkUrl({ ...needs, ...making, knots: needs.knots }, sourceRepo, signal);
        return (await making.readFolder({ url, ref: 'HEAD', sha }, workflowFolder, signal)).files;
      },
    };
  }

  return {
    async caller(token, method, signal) {
      if (token === null)
        throw new SignalboxError('unauthenticated', 'the call has no "Authorization: Bearer …"');
      const isSlow = isFromAnyServer(token);
      if (checked >= mostChecked || (isSlow && fromAnyServer >= mostFromAnyServer))
        throw new SignalboxError('overloaded', 'too many calls are made: try again in a moment');
      checked += 1;
      if (isSlow) fromAnyServer += 1;
      try {
        return await verifyServiceToken({ ...needs, used }, token, method, signal);
      } finally {
        checked -= 1;
        if (isSlow) fromAnyServer -= 1;
      }
    },
    repo(reference) {
      const found = rights.find(reference);
      return found && repoOf(found);
    },
  };
}
