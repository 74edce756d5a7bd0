import { setTimeout as sleep } from 'node:timers/promises';
import { type Acknowledged, postPush } from './post.ts';
import type { Random } from './random.ts';
import { branches } from './rules.ts';

/** Disposed, they give up what they have not delivered. */
export interface Senders extends AsyncDisposable {
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
/** Of a hundred deliveries so many are sent once more though they were acknowledged. */
const redelivered = 10;

/** Several clients of the GitHub door, each sending one signed push after the other, with pauses of up to `pauseMs`. */
export function startSenders(options: {
  readonly count: number;
  readonly pauseMs: number;
  /** While it says so, nobody begins anything new. */
  readonly isBusy: () => boolean;
  readonly random: Random;
  /** The public door now; undefined while there is none. */
  readonly door: () => string | undefined;
  readonly repository: { readonly url: string; readonly shas: readonly string[] };
}): Senders {
  const { random, repository } = options;
  const sent = new Set<string>();
  const acknowledged: Acknowledged[] = [];
  const troubles: string[] = [];
  const over = new AbortController();
  const givenUp = new AbortController();
  const isOver = (): boolean => over.signal.aborted;
  let resent = 0;

  async function post(delivery: Parameters<typeof postPush>[1]): Promise<Acknowledged | undefined> {
    const door = options.door();
    if (door === undefined) return undefined;
    const posted = await postPush(door, delivery);
    if (posted.result === 'acknowledged') return posted.delivery;
    if (posted.result === 'refused') troubles.push(`${delivery.deliveryId} was answered ${posted.status}`);
    return undefined;
  }

  async function deliver(deliveryId: string): Promise<void> {
    const [branch, sha] = [random.pick(branches), random.pick(repository.shas)];
    const delivery = { deliveryId, branch, sha, url: repository.url };
    const again = random.percent(redelivered);
    sent.add(deliveryId);
    let answer = await post(delivery);
    for (; answer === undefined; answer = await post(delivery)) {
      if (givenUp.signal.aborted) return;
      resent += 1;
      await sleep(againMs);
    }
    acknowledged.push(answer);
    if (!again) return;
    resent += 1;
    const second = await post(delivery);
    if (second !== undefined && JSON.stringify(second) !== JSON.stringify(answer))
      troubles.push(`${deliveryId} was ${answer.event}, and when it came again ${second.event}`);
  }

  async function send(name: string): Promise<void> {
    for (let number = 1; !isOver(); number++) {
      await deliver(`${name}-${number}`);
      do await sleep(random.between(0, options.pauseMs));
      while (options.isBusy() && !isOver());
    }
  }

  const sending = Array.from({ length: options.count }, (_, index) => send(`sender-${index + 1}`));
  async function stop(): Promise<void> {
    over.abort();
    await Promise.all(sending);
  }
  return {
    sent,
    acknowledged,
    troubles,
    get resent() {
      return resent;
    },
    stop,
    [Symbol.asyncDispose]() {
      givenUp.abort();
      return stop();
    },
  };
}
