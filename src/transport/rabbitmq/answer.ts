import type { Claim, Served } from '../../contracts/transport.ts';
import { SignalboxError } from '../../domain/errors.ts';
import { readFrame, writeFrame } from './frame.ts';
import { type Ask, readAsk } from './wire.ts';

/** The answer to what an agent asks. Never rejects: who asks hears of a failure. */
export async function answer(served: Served, agent: string, body: unknown): Promise<Buffer> {
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
    return await told(served, agent, asked);
  } catch (error) {
    const { code, message } = SignalboxError.from(error);
    return writeFrame({ error: { code, message } });
  }
}

async function told(served: Served, agent: string, asked: Ask): Promise<Buffer> {
  switch (asked.ask) {
    case 'begin':
      if (asked.agent.name !== agent)
        throw new SignalboxError('forbidden', `${agent} may not begin as ${asked.agent.name}`);
      return writeFrame({ ok: await served.begin(asked.agent, asked.reason) });
    case 'claim':
      return granted(served, agent, await served.claim(agent, asked.run, asked.id));
    case 'news':
      await served.news(agent, asked.news);
      return writeFrame({ ok: null });
  }
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
