import type { Path } from '../file/shape.ts';
import type { Hook } from '../hook.ts';
import { modeOf } from '../run-policy.ts';
import { checkSource } from './check-arguments.ts';
import { error, type Finding, warning } from './finding.ts';

/** What bites in the `run` of a hook; what cannot be understood there has refused the file already. */
export function checkRun(hook: Hook, path: Path): readonly Finding[] {
  const { run } = hook;
  if (run === null) return [];
  const mode = modeOf(hook);
  const { syncTimeoutMs, timeoutMs } = run;
  return [
    ...(syncTimeoutMs !== null && mode !== 'output'
      ? [
          warning(
            [...path, 'sync-timeout'],
            `it has no effect in the mode "${mode}": only in the mode "output" does a caller wait for the end`,
          ),
        ]
      : []),
    ...(syncTimeoutMs !== null && timeoutMs !== null && syncTimeoutMs >= timeoutMs
      ? [warning([...path, 'sync-timeout'], 'it is never reached, because "timeout" ends the command before')]
      : []),
    ...(hook.successStatus !== 0 && mode === 'accepted'
      ? [
          warning(
            [...path, 'mode'],
            'it answers 202, so "success-http-response-code" has no effect: leave one of them out',
          ),
        ]
      : []),
    ...checkKey(hook, [...path, 'dedupe-key']),
  ];
}

function checkKey(hook: Hook, path: Path): readonly Finding[] {
  const key = hook.run?.dedupeKey ?? null;
  if (key === null) return [];
  return key.source === 'string'
    ? [
        error(
          path,
          'all requests have the same key, so only the first one ever runs: name a value of the request',
        ),
      ]
    : checkSource(key, path, hook);
}
