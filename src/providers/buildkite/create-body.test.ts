import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { acmeApp, patchEvent, pushEvent, tagEvent } from '../../../test/support/events.ts';
import { pipelineEvent } from '../../../test/support/pipelines.ts';
import type { BuildOrder } from '../../contracts/provider.ts';
import type { Event } from '../../domain/event.ts';
import { runId } from '../../domain/id.ts';
import type { Json } from '../../domain/json.ts';
import { createMatchers } from '../../matchers/matchers.ts';
import { createBody } from './create-body.ts';
import { readSettings } from './settings.ts';

const matchers = createMatchers();
const glob = (pattern: string, text: string): boolean => matchers.glob(pattern, text);
const here = { organization: 'acme', pipelines: ['*'] };

function bodyOf(event: Event, settings: Json = { pipeline: 'app' }, more: Partial<BuildOrder> = {}) {
  const order = {
    run: runId('01'),
    rule: 'tests',
    event,
    sha: event.after,
    env: { A: 'b' },
    settings,
    workflow: null,
    ...more,
  };
  return createBody(order, readSettings(here, glob, order));
}

describe('the request for a build', () => {
  test('of a push', () => {
    const event = pushEvent();
    assert.deepEqual(bodyOf(event), {
      commit: 'b'.repeat(40),
      branch: 'main',
      message: 'wip: more lamps',
      env: { A: 'b' },
      meta_data: { 'signalbox:run': runId('01'), 'signalbox:rule': 'tests', 'signalbox:event': event.id },
    });
  });

  test('of a tag, which is a branch of its name', () => {
    const { branch, message } = bodyOf(tagEvent({ commits: [] }));
    assert.deepEqual([branch, message], ['v1', 'acme/app: tests @ bbbbbbb']);
  });

  test('of a patch, and of a patch from a fork', () => {
    const { branch, message, pull_request_id: id, pull_request_base_branch: base } = bodyOf(patchEvent());
    assert.deepEqual([branch, message, id, base], ['lamps', 'More lamps', 7, 'main']);
    const from = { repo: 'mallory/app', branch: 'main' };
    assert.equal(bodyOf(patchEvent({ fromFork: true, from })).branch, 'mallory:main');
    const radicle = bodyOf(patchEvent({ number: 'c0ffee' }));
    assert.ok(!('pull_request_id' in radicle));
  });

  test('of a fork’s commit in Tangled is never on a branch of the repository', () => {
    const fork = { sourceRepo: 'did:plc:fork', sourceUrl: 'https://knot.example.org/did:plc:fork' };
    const branchOf = (ref: string) => bodyOf(pipelineEvent(fork, { ref, branch: 'main' })).branch;
    assert.equal(branchOf('refs/heads/main'), 'did:plc:fork:main');
    assert.equal(branchOf('HEAD'), 'did:plc:fork:HEAD');
  });

  test('of a patch whose branch nobody has named', () => {
    const from = { repo: null, branch: '' };
    assert.equal(bodyOf(patchEvent({ from })).branch, 'HEAD');
  });

  test('of what a schedule or a hand starts: whatever the branch is at', () => {
    const event = pushEvent({ type: 'schedule', ref: 'HEAD', branch: null, after: null, commits: [] });
    const { commit, branch, message } = bodyOf(event);
    assert.deepEqual([commit, branch, message], ['HEAD', 'main', 'acme/app: tests']);
    const { branch: other } = bodyOf({ ...event, repo: { ...acmeApp, defaultBranch: null } });
    assert.equal(other, 'main');
  });

  test('of a Tangled workflow, with the keys of tack', () => {
    const workflow = { knot: 'knot.example.org', rkey: '3mrz7j62e5v2l', name: 'ci.yml' };
    const settings = { pipeline: 'app', ignoreBranchFilters: true };
    const { meta_data: data, ...body } = bodyOf(pushEvent(), settings, { workflow });
    // Its author may push there, and no more.
    assert.ok(!('ignore_pipeline_branch_filters' in body));
    assert.partialDeepStrictEqual(data, {
      'signalbox:workflow': 'ci.yml',
      'tack:knot': 'knot.example.org',
      'tack:pipeline_rkey': '3mrz7j62e5v2l',
      'tack:workflow': 'ci.yml',
    });
  });

  test('with what the rule wants different', () => {
    const settings = { pipeline: 'app', message: 'Nightly', cleanCheckout: true, ignoreBranchFilters: true };
    assert.partialDeepStrictEqual(bodyOf(pushEvent(), settings), {
      message: 'Nightly',
      clean_checkout: true,
      ignore_pipeline_branch_filters: true,
    });
  });
});

describe('which pipeline is meant', () => {
  const read = (settings: Json, pipelines: readonly string[] = ['*']) =>
    readSettings({ organization: 'acme', pipelines }, glob, { settings, workflow: null });

  test('one of the organization, or of another one', () => {
    const named = (settings: Json, pipelines?: readonly string[]) => {
      const { organization, pipeline } = read(settings, pipelines);
      return `${organization}/${pipeline}`;
    };
    assert.equal(named({ pipeline: 'app' }), 'acme/app');
    assert.equal(named({ pipeline: 'acme/app' }), 'acme/app');
    assert.equal(named({ pipeline: 'other/app' }, ['other/*']), 'other/app');
    assert.equal(named({ pipeline: 'app', organization: 'other' }, ['other/*']), 'other/app');
  });

  test('none that is not allowed', () => {
    const forbidden = { code: 'forbidden', message: /may not be built from here/ };
    assert.throws(() => read({ pipeline: 'other/app' }), forbidden);
    assert.throws(() => read({ pipeline: 'deploy' }, ['app', 'app-*']), forbidden);
    assert.throws(() => read({ pipeline: 'app', organization: 'other' }, ['app']), forbidden);
    assert.throws(() => read({ pipeline: 'app' }, []), forbidden);
  });

  test('a sentence for who names none', () => {
    for (const settings of [null, {}, [], { pipeline: 7 }, 'app'])
      assert.throws(() => read(settings), /no Buildkite pipeline is named/);
    for (const pipeline of ['', '/', 'a/b/c', '../x', 'a b', 'x?y', '.', '-x'])
      assert.throws(() => read({ pipeline }), { code: 'invalid', message: /is no name of one/ }, pipeline);
    assert.throws(() => read({ pipeline: 'app', message: 7 }), /buildkite\.message is not/);
  });
});
