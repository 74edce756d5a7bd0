import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pushEvent } from '../../test/support/events.ts';
import { forMembers } from '../../test/support/trust.ts';
import { runId } from '../domain/id.ts';
import { plan } from '../domain/run.ts';
import { jobEnv } from './job-env.ts';

const names = [
  'CI',
  'SIGNALBOX',
  'SIGNALBOX_RUN_ID',
  'SIGNALBOX_ATTEMPT',
  'SIGNALBOX_EVENT_ID',
  'SIGNALBOX_EVENT_TYPE',
  'SIGNALBOX_EVENT_FILE',
  'SIGNALBOX_REPO',
  'SIGNALBOX_REF',
  'SIGNALBOX_BRANCH',
  'SIGNALBOX_SHA',
  'SIGNALBOX_BEFORE',
];

test('A47: what an event says becomes the values of fixed names, and never a name', () => {
  for (const hostile of [
    'PATH',
    'LD_PRELOAD=/tmp/x.so',
    'NODE_OPTIONS',
    'BASH_ENV',
    'foo=bar',
    '',
    'ünïcode',
    'a\nPATH=b',
  ]) {
    const event = pushEvent({
      ref: `refs/heads/${hostile}`,
      branch: hostile,
      before: hostile,
      actor: { id: hostile, name: hostile },
    });
    const run = plan(forMembers, event, {
      id: runId('0'.repeat(26)),
      at: 1,
      blockedBy: null,
      workflow: null,
    });
    const env = jobEnv({ PATH: '/usr/bin' }, { run, event, eventFile: '/e', sha: null, secrets: {} });
    assert.deepEqual(Object.keys(env), ['PATH', ...names]);
    assert.deepEqual([env['PATH'], env['SIGNALBOX_BRANCH']], ['/usr/bin', hostile]);
  }
});

test('A47: what names the run cannot be changed by a rule or a secret; the rest of the environment can', () => {
  const rule = { ...forMembers, env: { PATH: '/opt/bin', SIGNALBOX_RUN_ID: 'mine', CI: 'no' } };
  const run = plan(rule, pushEvent(), { id: runId('0'.repeat(26)), at: 1, blockedBy: null, workflow: null });
  const secrets = { SIGNALBOX_ATTEMPT: '9', TOKEN: 'x' };
  const env = jobEnv({ PATH: '/usr/bin' }, { run, event: pushEvent(), eventFile: '/e', sha: null, secrets });
  assert.deepEqual(
    [env['PATH'], env['SIGNALBOX_RUN_ID'], env['SIGNALBOX_ATTEMPT'], env['CI'], env['TOKEN']],
    ['/opt/bin', run.id, '0', 'true', 'x'],
  );
});
