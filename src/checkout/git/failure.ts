import { type ErrorCode, SignalboxError } from '../../domain/errors.ts';
import { cut } from '../../domain/shown.ts';

/** What git says, what it means, and what to do about it; the first that fits counts. */
const meanings: readonly (readonly [said: RegExp, code: ErrorCode, advice: string])[] = [
  [/No space left on device|Disk quota exceeded/, 'unavailable', 'the disk is full; make room'],
  [
    /^error: object [0-9a-f]+: \w+: /m,
    'forbidden',
    'it has objects that are malformed, or made to do harm, and are refused',
  ],
  [
    /File name too long|exceeded maximum allowed tree depth/,
    'too_large',
    'it has paths that are longer than this system allows',
  ],
  [
    /Host key verification failed/,
    'forbidden',
    'its ssh host key is not known; add it to known_hosts of the user that runs signalbox',
  ],
  [
    /Authentication failed|could not read (?:Username|Password)|Invalid username or password|returned error: 40[13]\b|Permission denied|Access denied/,
    'forbidden',
    'access is refused; check the token or key for it',
  ],
  [
    /returned error: 30\d/,
    'not_found',
    'it has moved, and redirects are not followed; use the URL that it has now',
  ],
  [
    /returned error: 404|[Rr]epository .*not found|does not appear to be a git repository|dubious ownership/,
    'not_found',
    'it is no repository, or is private; check the URL and the token for it',
  ],
  [
    /Could not resolve host|Failed to connect|Couldn't connect|Connection (?:refused|reset|closed|timed out)|[Tt]imed out|Operation too slow|early EOF|RPC failed|unexpected disconnect|hung up|returned error: (?:429|5\d\d)|Empty reply|SSL|TLS/,
    'unavailable',
    'it does not answer properly; try again later',
  ],
];

/**
 * The error that git's words mean, told in one sentence. Null when they say nothing of the remote or the disk: then what
 * is stored here may be damaged.
 */
export function knownFailure(what: string, stderr: string): SignalboxError | null {
  const meaning = meanings.find(([said]) => said.test(stderr));
  if (meaning === undefined) return null;
  const [, code, advice] = meaning;
  return new SignalboxError(code, `${what}: ${advice} (${gitSaid(stderr)})`);
}

const longestSaid = 200;

/** The line of git's output that tells most, fit to be shown. */
export function gitSaid(stderr: string): string {
  const lines = stderr
    .split(/[\r\n]+/)
    // oxlint-disable-next-line no-control-regex -- a server can send them to change what a terminal shows
    .map(line => line.replace(/[\0-\x1f\x7f-\x9f]/g, ' ').trim())
    .filter(line => line !== '');
  const line = lines.find(line => /^(?:fatal|error):/.test(line)) ?? lines.at(-1) ?? 'git said nothing';
  return cut(line, longestSaid);
}
