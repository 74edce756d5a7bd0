import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parse } from 'yaml';
import { pages } from '../../scripts/docs.ts';
import { goodConfig, printed, readConfig } from '../../test/support/config.ts';
import { pushEvent } from '../../test/support/events.ts';
import { runId } from '../domain/id.ts';
import { plan } from '../domain/run.ts';
import { jobEnv } from '../engine/job-env.ts';
import { createMatchers } from '../matchers/matchers.ts';
import { jobVariables } from './env.ts';

const page = pages['configuration.md']?.() ?? '';
const blocks = [...page.matchAll(/```yaml\n(.*?)```/gs)].map(([, text = '']) => text);
const matchers = createMatchers();

test('the first example is a configuration in order', () => {
  const env = { GITHUB_WEBHOOK_SECRET: 'secret-value', GITHUB_TOKEN: 'secret-value' };
  const [first = ''] = blocks;
  assert.equal(readConfig(first, { env }).result, 'loaded');
  assert.deepEqual(printed(first, { env }), []);
});

test('the example of an expression is one', () => {
  const { if: source } = parse(blocks[1] ?? '') as { if: string };
  assert.equal(matchers.checkExpression(source), null);
  assert.deepEqual(matchers.adviseExpression(source), []);
  const result = matchers.expression(source, pushEvent());
  assert.ok(result.result === 'value' && result.holds);
});

test('A28: what the page says about something missing is so', () => {
  const rows = [...page.matchAll(/^\| `(.*?patch.*?)` \| (missing|true|false)/gm)];
  assert.equal(rows.length, 14);
  for (const [, source = '', expected] of rows) {
    const result = matchers.expression(source.replaceAll('\\|', '|'), pushEvent());
    assert.equal(result.result === 'value' ? String(result.holds) : result.result, expected, source);
  }
});

test('the page names every variable that a job gets', () => {
  const event = pushEvent();
  const [rule] = goodConfig('version: 1\nrules: [{ name: a, on: push, run: make }]').rules;
  assert.ok(rule);
  const run = plan(rule, event, { id: runId(''), at: 0, blockedBy: null, workflow: null });
  const names = Object.keys(jobEnv({}, { run, event, eventFile: '', sha: null, secrets: {} }));
  assert.ok(names.length > 10, `looked at too little: ${names.length}`);
  for (const name of [...names, ...jobVariables]) assert.ok(page.includes(`\`${name}\``), name);
});

test('every example of a pattern is one', () => {
  const [, table = ''] = /\| Pattern \| Matches \|(.*?)\n\n/s.exec(page) ?? [];
  const patterns = [...table.matchAll(/`([^`]+)`/g)].map(([, pattern = '']) => pattern);
  assert.ok(patterns.length > 6, `looked at too little: ${patterns.length}`);
  for (const pattern of patterns) assert.equal(matchers.checkGlob(pattern), null, pattern);
});
