import type { Heard, Reply, Speech } from '../../contracts/source.ts';
import type { Delivery } from '../../domain/delivery.ts';
import { header } from '../../domain/delivery.ts';
import { namesIn } from '../../lib/folder-files.ts';
import type { ScriptsSettings } from './settings.ts';
import { authenticate } from './token.ts';

/** GORT's answers, letter for letter. */
const started = 'The function will be executed in the background. Refer to container logs to see the output';
const refusals: ReadonlyMap<number, string> = new Map([
  [400, "Required parameters 'executor' and 'script' were not found in the payload"],
  [404, 'This page does not exist!'],
  [422, 'Not able to parse data as valid JSON'],
  [501, 'Requested script is not found in the scripts directory'],
  [503, 'Server capacity exceeded.'],
]);
export const notInstalled = 'Requested executor is not installed';
/** What it has no words for, because it never says so. */
const ownRefusals: ReadonlyMap<number, string> = new Map([
  [401, 'A valid token is required: send "Authorization: Bearer ..."'],
  [403, 'Not allowed'],
  [408, 'The request took too long'],
  [413, 'The request body is larger than 1 MiB'],
]);

/** A script's name, variables and arguments; more is an attack. */
const mostBodyBytes = 1024 * 1024;

/** Answers as GORT does: its three paths, and what it says to all others. */
export function createSpeech(settings: ScriptsSettings): Speech {
  const { mount, rateLimit } = settings;
  return {
    room: rateLimit === null ? null : { path: `${mount || '/v1'}/`, requests: rateLimit },
    hear: head => {
      const [path = '', query = ''] = head.path.split('?', 2);
      const is = (method: string, hear: () => Heard): Heard =>
        head.method === method ? hear() : answer({ status: 405, headers: {}, body: '' });
      switch (mount === '' ? path : `/v1${path.slice(mount.length)}`) {
        case '/v1/health':
          return is('GET', () => answer(said('OK')));
        case '/v1/list-dist':
          return is('GET', () => answer(isOpen(settings, head) ? list(settings, head) : refused(401, null)));
        case '/v1/start': {
          const waits = new URLSearchParams(query).get('wait') === '1';
          return is('POST', () => ({
            result: 'delivery',
            mostBodyBytes: isOpen(settings, head) ? mostBodyBytes : 0,
            longer: 'refused',
            waits,
          }));
        }
        default:
          return answer(refused(404, null));
      }
    },
    tell: told => {
      switch (told.result) {
        case 'started':
          return said(started);
        case 'waited': {
          const { run: id, outcome, exitCode, output } = told;
          return json({ id, outcome, exitCode, output }, outcome === null ? 202 : 200);
        }
        case 'idle':
          return refused(403, told.reason);
        case 'refused':
          return refused(told.status, told.reason);
      }
    },
  };
}

const isOpen = ({ tokens }: ScriptsSettings, head: Pick<Delivery, 'headers'>): boolean =>
  authenticate(tokens, head).result !== 'refused';

function list({ folder, writtenFolder }: ScriptsSettings, head: Pick<Delivery, 'headers'>): Reply {
  const names = readable(folder);
  if (names === null) return refused(500, null);
  const accepted = (header(head, 'accept') ?? '').split(',').map(type => type.split(';', 1)[0]?.trim());
  if (accepted.includes('application/json')) return json(names, 200);
  return said(
    names.length === 0 ? `${writtenFolder} seems like empty` : names.map(name => `${name}\n`).join(''),
  );
}

function readable(folder: string): readonly string[] | null {
  try {
    return namesIn(folder);
  } catch {
    return null; // it was there at the start
  }
}

const answer = (reply: Reply): Heard => ({ result: 'answer', reply });

const plain = { 'content-type': 'text/plain; charset=utf-8' };

const said = (body: string): Reply => ({ status: 200, headers: plain, body });

const json = (value: unknown, status: number): Reply => ({
  status,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(value),
});

/** What GORT knows is told in its words, everything else in ours. */
function refused(status: number, reason: string | null): Reply {
  const words =
    refusals.get(status) ?? reason ?? ownRefusals.get(status) ?? (status < 500 ? 'Bad Request' : broken);
  return {
    status,
    headers: {
      ...plain,
      'x-content-type-options': 'nosniff',
      ...(status === 401 ? { 'www-authenticate': 'Bearer' } : {}),
      ...(status === 503 ? { 'retry-after': '1' } : {}),
    },
    body: `${words}\n`,
  };
}

export const broken = 'Internal Server Error';
