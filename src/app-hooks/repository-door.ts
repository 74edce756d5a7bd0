import { refuse } from '../engine/intake.ts';
import type { HttpAnswer } from '../lib/go-http/message.ts';
import { type Answer, answerTo } from '../sources/hooks/answer/answer.ts';
import type { Serving } from '../sources/hooks/decide.ts';
import { proofOf, type RepositoryGate, repositoryEvent } from '../sources/hooks/repository-hooks.ts';
import type { Asked, Ended, ServeNeeds } from '../sources/hooks/serve-hooks.ts';
import { deliveryOf, type HookNeeds, takeIn } from './accept.ts';
import type { Judged, Judgements } from './judgements.ts';

/** Longer than that nobody holds a connection open, nor do the proxies in between. */
const longestWaitMs = 10 * 60_000;

/** Answers requests to hooks that repositories bring, or says that there are none. */
export function repositoryDoor(
  needs: HookNeeds & { readonly judgements: Pick<Judgements, 'take'> },
  serving: Serving,
  {
    fromRepository: gate,
    async,
  }: { readonly fromRepository: RepositoryGate | null; readonly async: boolean },
): NonNullable<ServeNeeds['elsewhere']> {
  return async (asked, gone) => {
    const delivery = deliveryOf(needs, asked);
    const { method } = asked.request;
    if (gate === null) {
      const authentication = { result: 'not required', reason: 'nobody was asked' } as const;
      refuse(needs, delivery, { status: 404, reason: howToAllow(asked), authentication });
      return answerTo(serving, method, { kind: 'no hook' });
    }
    // What is kept of a request is without GitLab's token.
    const authentication = proofOf(gate, { ...delivery, headers: lowered(asked) });
    if (authentication.result === 'refused') {
      refuse(needs, delivery, { status: 401, reason: authentication.reason, authentication });
      return said(serving, method, 401, 'Unauthorized.');
    }
    const event = repositoryEvent(asked.hook, delivery, asked.request);
    const accepted = await takeIn(needs, asked, event, { delivery, authentication });
    if (accepted.result === 'turned away')
      return withHeaders(
        said(serving, method, accepted.status, 'Busy: try again later.\n'),
        accepted.headers,
      );
    const { run, headers } = accepted;
    const told = (answer: Answer): HttpAnswer => withHeaders(answer, headers);
    if (run === null) return told(said(serving, method, 200, 'Hook rules were not satisfied.'));
    const patience = AbortSignal.any([gone, AbortSignal.timeout(longestWaitMs)]);
    const end = async ? undefined : await run.ended(patience);
    if (end === undefined) return told(said(serving, method, 202, ''));
    return told(answerOf(serving, method, needs.judgements.take(run.id), end));
  };
}

const howToAllow = ({ hook }: Asked): string =>
  `there is no hook "${hook}": name its file in sources.hooks.files, or let repositories bring hooks of their own with sources.hooks.fromRepository`;

const lowered = ({ request }: Asked): readonly (readonly [name: string, value: string])[] =>
  request.headers.map(([name, value]) => [name.toLowerCase(), value]);

const said = (serving: Serving, method: string, status: number, text: string): Answer =>
  answerTo(serving, method, { kind: 'said', status, text });

const withHeaders = (answer: Answer, headers: HttpAnswer['headers']): HttpAnswer => ({
  ...answer,
  headers: [...answer.headers, ...headers],
});

/** Always with what the command has printed: who waits wants to see that. */
function answerOf(serving: Serving, method: string, judged: Judged | undefined, end: Ended): Answer {
  const succeeded = end.outcome === 'success';
  const output = Buffer.from(end.output);
  switch (judged?.result) {
    case 'no hook':
      return answerTo(serving, method, { kind: 'no hook' });
    case 'answered':
      return judged.decision.answer;
    case 'ran':
      return answerTo(serving, method, {
        kind: succeeded ? 'succeeded' : 'failed',
        hook: judged.hook,
        output,
      });
    case undefined:
      return said(serving, method, succeeded ? 200 : 500, end.reason ?? '');
  }
}
