import type { Clock } from '../../contracts/clock.ts';

/** What requests are for, the most urgent first: making and ending builds, seeing how they are, and reading their logs. */
export const purposes = ['act', 'look', 'read'] as const;
export type Purpose = (typeof purposes)[number];

/** Keeps requests within what Buildkite allows. */
export interface Pace {
  /** Resolves when a request may be sent. Tell what came of it: until then it counts as under way. */
  turn(purpose: Purpose, signal: AbortSignal): Promise<Turn>;
}

export interface Turn {
  /** Null: nobody knows whether it arrived. */
  answered(answer: Pick<Response, 'status' | 'headers'> | null): void;
}

/** Requests that some scope may still make. */
interface Window {
  readonly limit: number;
  readonly left: number;
  /** Milliseconds since 1970, by the clock. */
  readonly renewsAt: number;
}

/** The headers of both scopes: all of the organization, and the token's owner. */
const scopes = ['RateLimit', 'RateLimit-User'] as const;
type Scope = (typeof scopes)[number];

/** Documented for the owner of a token; what an answer says counts instead. */
const usual = { limit: 50, everyMs: 60_000 };
/** So many of a window are kept for what is most urgent: of the usual one ten. */
const reservedShare = 0.2;
/** So many are under way at a time: until the first has been answered nobody knows what is allowed. */
const mostUnderWay = 8;
/** After a refusal nothing is sent for so long, whatever it says. */
const leastRefusedMs = 1_000;
/** Windows last a minute: whatever an answer says, it is asked again after so long. */
const longestMs = 10 * 60_000;
/** Who all wait for the same moment do not come at the same moment. */
const jitterMs = 500;

export function createPace(clock: Clock): Pace {
  const windows = new Map<Scope, Window>([
    ['RateLimit-User', { limit: usual.limit, left: usual.limit, renewsAt: clock.now() + usual.everyMs }],
  ]);
  const waiting: Record<Purpose, Set<() => void>> = { act: new Set(), look: new Set(), read: new Set() };
  let underWay = 0;
  let alarm: AbortController | undefined;

  function renew(): void {
    const now = clock.now();
    for (const [scope, { limit, renewsAt }] of windows)
      if (renewsAt <= now)
        windows.set(scope, {
          limit,
          left: Math.max(0, limit - underWay),
          renewsAt: now + usual.everyMs,
        });
  }

  const mayGo = (purpose: Purpose): boolean =>
    underWay < mostUnderWay &&
    [...windows.values()].every(
      ({ limit, left }) => left > (purpose === 'act' ? 0 : Math.floor(limit * reservedShare)),
    );

  /** Lets go whoever may, and looks again when there may be more. */
  function pump(): void {
    alarm?.abort();
    renew();
    for (const purpose of purposes)
      for (const go of waiting[purpose]) {
        if (!mayGo(purpose)) break;
        waiting[purpose].delete(go);
        underWay += 1;
        for (const [scope, window] of windows) windows.set(scope, { ...window, left: window.left - 1 });
        go();
      }
    if (purposes.every(purpose => waiting[purpose].size === 0)) return;
    alarm = new AbortController();
    const next = Math.min(...[...windows.values()].map(({ renewsAt }) => renewsAt));
    clock.sleep(Math.max(1, next - clock.now()), alarm.signal).then(pump, () => undefined);
  }

  function answered(answer: Parameters<Turn['answered']>[0]): void {
    underWay -= 1;
    if (answer !== null) for (const scope of scopes) learn(scope, answer);
    pump();
  }

  function learn(scope: Scope, { status, headers }: Pick<Response, 'status' | 'headers'>): void {
    const said = (what: string) => numberIn(headers.get(`${scope}-${what}`));
    const [limit, remaining, reset] = [said('Limit'), said('Remaining'), said('Reset')];
    // Whatever else a refusal says of what is left: one of the scopes, or one that nobody tells of, has nothing.
    const isOver =
      status === 429 &&
      (remaining === 0 || !scopes.some(each => numberIn(headers.get(`${each}-Remaining`)) === 0));
    const known = windows.get(scope);
    if (isOver && (known !== undefined || reset !== null)) {
      const seconds = numberIn(headers.get('retry-after')) ?? reset ?? usual.everyMs / 1000;
      const waitMs = Math.min(longestMs, Math.max(leastRefusedMs, seconds * 1000));
      const renewsAt = clock.now() + waitMs + Math.random() * jitterMs;
      windows.set(scope, { limit: limit ?? known?.limit ?? usual.limit, left: 0, renewsAt });
    } else if (limit !== null && limit > 0 && remaining !== null && reset !== null) {
      const renewsAt = clock.now() + Math.min(longestMs, reset * 1000);
      windows.set(scope, { limit, left: Math.max(0, remaining - underWay), renewsAt });
    }
  }

  return {
    turn: (purpose, signal) =>
      new Promise((resolve, reject) => {
        signal.throwIfAborted();
        const leave = (): void => {
          waiting[purpose].delete(go);
          reject(signal.reason);
        };
        const go = (): void => {
          signal.removeEventListener('abort', leave);
          let isOver = false;
          resolve({
            answered: answer => {
              if (!isOver) answered(answer);
              isOver = true;
            },
          });
        };
        signal.addEventListener('abort', leave, { once: true });
        waiting[purpose].add(go);
        pump();
      }),
  };
}

const numberIn = (text: string | null): number | null =>
  text !== null && /^\d{1,9}$/.test(text) ? Number(text) : null;
