import type { Claim, Served } from '../../contracts/transport.ts';
import { SignalboxError } from '../../domain/errors.ts';
import type { RunId } from '../../domain/id.ts';
import { readFrame, writeFrame } from './frame.ts';
import type { TicketKeys } from './ticket-keys.ts';
import { type Ask, readAsk } from './wire.ts';

export interface AnswerNeeds {
  readonly served: Served;
  readonly keys: Pick<TicketKeys, 'isKeyOf'>;
  readonly trouble: (error: unknown) => void;
}

/** The answer to what an agent asks. Never rejects: who asks hears of a failure. */
export async function answer(needs: AnswerNeeds, agent: string, body: unknown): Promise<Buffer> {
  try {
    const read = readFrame(body);
    if (read.result !== 'read')
      throw new SignalboxError('invalid', `the control plane cannot read this: ${read.reason}`);
    const asked = readAsk(read.head, read.bytes);
    if (asked === undefined)
      throw new SignalboxError(
        'invalid',
        'the control plane cannot read this: it is not as the protocol says',
      );
    return await told(needs, agent, asked);
  } catch (error) {
    const { code, message } = SignalboxError.from(error);
    return writeFrame({ error: { code, message } });
  }
}

async function told(needs: AnswerNeeds, agent: string, asked: Ask): Promise<Buffer> {
  const { served } = needs;
  switch (asked.ask) {
    case 'begin':
      if (asked.agent.name !== agent)
        throw new SignalboxError('forbidden', `${agent} may not begin as ${asked.agent.name}`);
      return writeFrame({ ok: await served.begin(asked.agent, asked.reason) });
    case 'claim':
      return needs.keys.isKeyOf(asked.run, asked.key)
        ? granted(served, agent, await served.claim(agent, asked.run, asked.id))
        : refused(needs, agent, asked.run);
    case 'news':
      await served.news(agent, asked.news);
      return writeFrame({ ok: null });
  }
}

/** The agent lets go of whatever it has in its hands; nothing is said of the run, which it may have guessed. */
function refused({ trouble }: AnswerNeeds, agent: string, run: RunId): Buffer {
  const reason = `${agent} claims ${run} without the key that is in its ticket`;
  trouble(
    new SignalboxError(
      'forbidden',
      `${reason}: if that is not an agent of an older version, somebody else has its password`,
    ),
  );
  return writeFrame({ ok: { result: 'refused', reason } });
}

/** A run that no message can hold (its event's payload is huge) ends at once, with the reason. */
async function granted(served: Served, agent: string, claim: Claim): Promise<Buffer> {
  try {
    return writeFrame({ ok: claim });
  } catch (error) {
    if (claim.result === 'refused') throw error;
    const reason = `this run cannot be given to an agent: ${SignalboxError.from(error).message}`;
    const { id, attempt, status } = claim.run;
    const at = status.state === 'running' ? status.startedAt : claim.run.queuedAt;
    const ending = { outcome: 'error', exitCode: null, reason } as const;
    await served.news(agent, { kind: 'news', run: id, news: { kind: 'finished', attempt, at, ending } });
    return writeFrame({ ok: { result: 'refused', reason } });
  }
}
