import type { NewEvent } from '../../src/domain/event.ts';
import { eventId } from '../../src/domain/id.ts';
import type { Rule } from '../../src/domain/rule.ts';
import { judge, type VerdictWord } from '../../src/domain/verdict.ts';

/** A rule without conditions that members may start, and nobody else without a click. */
export const forMembers: Rule = {
  name: 'unit-tests',
  when: { kind: 'all', of: [] },
  action: { kind: 'command', command: { shell: 'true' } },
  repo: null,
  env: {},
  secrets: [],
  pool: 'local',
  timeoutMs: 1,
  retryLost: 0,
  keepLogMs: null,
  concurrency: null,
  trust: 'members',
  isolation: 'auto',
  report: [],
  schedule: null,
};

/** What such a rule says to an event: `matched` when it runs without a click, else `blocked`. */
export function verdictForMembers(event: NewEvent): VerdictWord {
  const matchers = {
    glob: () => true,
    expression: () => ({ result: 'value', holds: true, text: '', parts: [] }) as const,
  };
  const identity = { id: eventId(''), source: 'test', delivery: null, receivedAt: 0, replayOf: null };
  return judge(matchers, forMembers, { ...event, ...identity }).verdict;
}
