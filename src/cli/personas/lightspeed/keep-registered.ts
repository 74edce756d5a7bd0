import { setTimeout as sleep } from 'node:timers/promises';
import { askAdminServer, isTaken } from '../../../app-parts/ask-admin-server.ts';
import type { TokenPlace } from './addresses.ts';
import type { OwnListener } from './own-listener.ts';

export interface RegistrationNeeds extends TokenPlace {
  /** The admin server, without a slash at the end. */
  readonly admin: string;
  /** The listener as it is now. */
  readonly listener: () => Pick<OwnListener, 'name' | 'config'>;
  /** Hears how each try went: null when the admin server has taken it, else why not. */
  readonly tried: (problem: string | null) => void;
}

/** A registration that is kept up. */
export interface Registration {
  /** Registers now, and not when it is time to. */
  again(): void;
  /** Resolves after the signal. */
  readonly ended: Promise<void>;
}

/** An admin server that is not there, or does not want it, is asked again after this. */
const againMs = 1_000;
/** Who has lost its data knows the listener again after this. */
const everyMs = 30_000;
const answersWithinMs = 10_000;

/** Registers a listener, as often as it takes, and now and then again, until the signal. */
export function keepRegistered(needs: RegistrationNeeds, signal: AbortSignal): Registration {
  let wake = new AbortController();
  async function keep(): Promise<void> {
    while (!signal.aborted) {
      wake = new AbortController();
      const problem = await register(needs, signal);
      if (signal.aborted) return;
      needs.tried(problem);
      const rest = problem === null ? everyMs : againMs;
      await sleep(rest, undefined, { signal: AbortSignal.any([signal, wake.signal]) }).catch(() => undefined);
    }
  }
  return { again: () => wake.abort(), ended: keep() };
}

/** Null when it is registered, else why not. */
async function register(needs: RegistrationNeeds, signal: AbortSignal): Promise<string | null> {
  const { name, config } = needs.listener();
  const message = {
    headers: [['content-type', 'application/json']] as const,
    body: JSON.stringify({ name, config }),
  };
  const answer = await askAdminServer(needs, '/listeners', message, answersWithinMs, signal);
  if (answer.result === 'unheard') return answer.reason;
  const { status, said } = answer;
  return isTaken(status)
    ? null
    : `the admin server at ${needs.admin} answered ${status}: ${said.slice(0, 500)}`;
}
