import type { LightspeedRole } from '../config/config.ts';
import type { StreamState } from '../contracts/source.ts';
import type { EventDetail } from '../contracts/store.ts';
import type { HandedOn, Handing, HandOn } from '../engine/hand-on.ts';
import { handedOnId, handedOnUnchecked } from '../sources/github/receive-hook.ts';
import { askAdminServer, isTaken } from './ask-admin-server.ts';

type Hooks = Extract<LightspeedRole, { kind: 'hooks' }>;

/** Longer than an answer takes that waits for a slow disk, with a body of 25 MB before it. */
const answersWithinMs = 60_000;
/** What no other server could read either, or take in: one that is too long for it must not hold up all that follow. */
const final: ReadonlySet<number> = new Set([400, 413, 415, 431]);

/** Lightspeed's admin server, as its hook server sees it: a delivery comes there as GitHub has sent it. */
export function adminServer(role: Hooks): HandOn {
  return async (delivered, signal) => {
    const { delivery } = delivered;
    if (delivery === null) return { result: 'refused', reason: 'its bytes are gone' };
    const message = { headers: headersOf(delivered), body: Buffer.from(delivery.delivery.body) };
    const answer = await askAdminServer(role, '/match', message, answersWithinMs, signal);
    return answer.result === 'answered'
      ? judge(role, answer.status, answer.said)
      : { result: 'later', reason: answer.reason };
  };
}

/** How the handing on is told of: beside the source that it comes from. */
export const handingStreams = (handing: Handing | null): Readonly<Record<string, readonly StreamState[]>> =>
  handing === null
    ? {}
    : {
        github: [
          {
            name: 'admin server',
            connected: handing.problem === null,
            lagMs: null,
            lastEventAt: null,
            skipped: 0,
            strangers: 0,
            problem: handing.problem,
          },
        ],
      };

function judge({ admin }: Hooks, status: number, body: string): HandedOn {
  if (isTaken(status)) return { result: 'taken' };
  const reason = `the admin server at ${admin} answered ${status}: ${body.replace(/\s+/g, ' ').slice(0, 200)}`;
  return { result: final.has(status) ? 'refused' : 'later', reason };
}

/** GitHub's own, and what it cannot say. */
function headersOf({ event, delivery }: EventDetail): [string, string][] {
  const kept = delivery?.delivery.headers ?? [];
  return [
    ...kept.flatMap(([name, value]): [string, string][] =>
      name === 'content-type' || name === 'user-agent' || /^x-(?:github|hub)-/.test(name)
        ? [[name, value]]
        : [],
    ),
    [handedOnId, event.id],
    ...(delivery?.authentication.result === 'verified' ? [] : [[handedOnUnchecked, '1'] as [string, string]]),
  ];
}
