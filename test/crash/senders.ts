import { setTimeout as sleep } from 'node:timers/promises';
import { githubRequest, push } from '../support/github-payloads.ts';
import type { Random } from './random.ts';
import { branches, hookSecret } from './rules.ts';

/** A delivery that was answered 2xx. */
export interface Acknowledged {
  readonly deliveryId: string;
  readonly branch: string;
  readonly sha: string;
  readonly body: string;
  readonly event: string;
  readonly runs: readonly string[];
}

export interface Senders {
  /** Every delivery that anybody has tried to send. */
  readonly sent: ReadonlySet<string>;
  readonly acknowledged: readonly Acknowledged[];
  /** How often a delivery was sent again: for want of an answer, or for no reason. */
  readonly resent: number;
  /** What no sender should have been answered. */
  readonly troubles: readonly string[];
  /** Makes no new deliveries; resolves when those under way are acknowledged, which takes a living server. */
  stop(): Promise<void>;
}

/** A sender that got no answer sends the same delivery again after this. */
const againMs = 30;
const patienceMs = 5_000;
/** Of a hundred deliveries so many are sent once more though they were acknowledged. */
const redelivered = 10;

/** Several clients of the GitHub door, each sending one signed push after the other, with pauses of up to `pauseMs`. */
export function startSenders(options: {
  readonly count: number;
  readonly pauseMs: number;
  readonly random: Random;
  /** The public door now; undefined while there is none. */
  readonly door: () => string | undefined;
  readonly repository: { readonly url: string; readonly shas: readonly string[] };
}): Senders {
  const { random, repository } = options;
  const sent = new Set<string>();
  const acknowledged: Acknowledged[] = [];
  const troubles: string[] = [];
  let resent = 0;
  let stopping = false;

  async function post(deliveryId: string, branch: string, sha: string): Promise<Acknowledged | undefined> {
    const door = options.door();
    if (door === undefined) return undefined;
    const payload = push({
      name: 'acme/widgets',
      url: repository.url,
      ref: `refs/heads/${branch}`,
      after: sha,
    });
    const { body, headers } = githubRequest('push', payload, hookSecret, deliveryId);
    try {
      const signal = AbortSignal.timeout(patienceMs);
      const response = await fetch(`${door}/github`, { method: 'POST', body, headers, signal });
      // The status is the answer, even if the server dies while it sends the rest.
      await response.arrayBuffer().catch(() => undefined);
      if (!response.ok) {
        if (response.status < 500) troubles.push(`${deliveryId} was answered ${response.status}`);
        return undefined;
      }
      const event = response.headers.get('x-signalbox-event') ?? '';
      const runs = response.headers.get('x-signalbox-run')?.split(', ') ?? [];
      return { deliveryId, branch, sha, body, event, runs };
    } catch {
      return undefined; // nobody there, or no longer there
    }
  }

  async function deliver(deliveryId: string): Promise<void> {
    const [branch, sha] = [random.pick(branches), random.pick(repository.shas)];
    const again = random.percent(redelivered);
    sent.add(deliveryId);
    let answer = await post(deliveryId, branch, sha);
    for (; answer === undefined; answer = await post(deliveryId, branch, sha)) {
      resent += 1;
      await sleep(againMs);
    }
    acknowledged.push(answer);
    if (!again) return;
    resent += 1;
    const second = await post(deliveryId, branch, sha);
    if (second !== undefined && JSON.stringify(second) !== JSON.stringify(answer))
      troubles.push(`${deliveryId} was ${answer.event}, and when it came again ${second.event}`);
  }

  async function send(name: string): Promise<void> {
    for (let number = 1; !stopping; number++) {
      await deliver(`${name}-${number}`);
      await sleep(random.between(0, options.pauseMs));
    }
  }

  const sending = Array.from({ length: options.count }, (_, index) => send(`sender-${index + 1}`));
  return {
    sent,
    acknowledged,
    troubles,
    get resent() {
      return resent;
    },
    async stop() {
      stopping = true;
      await Promise.all(sending);
    },
  };
}
