import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { pushEvent } from '../../../test/support/events.ts';
import { startFakeDiscord } from '../../../test/support/fake-discord.ts';
import { finished, running } from '../../../test/support/run-statuses.ts';
import { reporterSuite, reportOf } from '../../contracts/reporter.suite.ts';
import type { Repo } from '../../domain/event.ts';
import { runId } from '../../domain/id.ts';
import type { Json } from '../../domain/json.ts';
import type { Report } from '../../domain/report.ts';
import type { Outcome, RunStatus } from '../../domain/run.ts';
import { mentionsIn } from './mentions.ts';
import { endMessage } from './message.ts';
import { createDiscordReporter, type DiscordOptions } from './reporter.ts';

const repo: Repo = { forge: 'github', name: 'acme/app', url: 'https://example.org/app', defaultBranch: null };
const never = new AbortController().signal;
const event = { ...pushEvent(), branch: 'main', actor: { id: '1', name: 'alice' } };

async function start(options: Partial<DiscordOptions> = {}) {
  const discord = await startFakeDiscord();
  let kept: Json = null;
  const reporter = createDiscordReporter({
    name: 'discord',
    url: discord.webhook,
    mention: '@here',
    when: ['always'],
    runUrl: null,
    eventOf: async () => event,
    previousOutcome: async () => null,
    tailOf: async () => [],
    memory: { recall: async () => kept, keep: async value => void (kept = value) },
    redact: text => text.replaceAll('hunter2!', '***'),
    ...options,
  });
  let version = 0;
  return {
    discord,
    reporter,
    contents: () => discord.statuses.map(({ content }) => content),
    tell: (status: RunStatus, more: Partial<Report> = {}) =>
      reporter.report({ ...reportOf(repo, status, ++version), ...more }, never),
    [Symbol.asyncDispose]: () => discord[Symbol.asyncDispose](),
  };
}

reporterSuite('discord', async () => {
  const { discord, reporter, ...world } = await start();
  return {
    reporter,
    repo,
    silentIn: ['blocked', 'queued'],
    secret: discord.token,
    heard: () => discord.statuses,
    fail: () => {
      discord.fault = { status: 502, body: `<html>${discord.token}</html>` };
    },
    refuse: () => {
      discord.fault = { status: 404, body: JSON.stringify({ message: `no ${discord.token}` }) };
    },
    hang: () => {
      discord.fault = () => undefined;
    },
    [Symbol.asyncDispose]: world[Symbol.asyncDispose],
  };
});

describe('what is said', () => {
  test('of a run without a repository, a scheduled one, names no branch', async () => {
    const scheduled = { ...event, repo: null, ref: null, branch: null, actor: { id: null, name: null } };
    await using world = await start({ mention: '', eventOf: async () => scheduled });
    await world.tell(running, { repo: null, sha: null });
    await world.tell(finished('success'), { repo: null, sha: null });
    assert.deepEqual(world.contents(), [
      'unknown running hook `unit-tests`',
      'CI job `unit-tests` succeeded',
    ]);
  });

  test('of a start and a success, once each', async () => {
    await using world = await start();
    await world.tell(running);
    await world.tell(running);
    await world.tell(finished('success'), { version: 9 });
    await world.tell(finished('success'), { version: 9 });
    assert.deepEqual(world.contents(), [
      '@here alice running hook `unit-tests` on main',
      'CI job `unit-tests` succeeded on branch(main)',
    ]);
    assert.deepEqual(world.discord.statuses[0]?.allowed_mentions, {
      parse: ['everyone'],
      users: [],
      roles: [],
    });
  });

  test('of a failure, with the end of its output, masked and without colours', async () => {
    await using world = await start({
      mention: '',
      tailOf: async () => ['\u001b[31mred\u001b[0m', 'password hunter2!'],
      runUrl: run => `https://ci.example.org/${run}`,
    });
    await world.tell(finished('failure'));
    assert.deepEqual(world.contents(), [
      `CI job \`unit-tests\` **FAILED** on branch(main)\n\`\`\`\nred\npassword ***\n\`\`\`\n<https://ci.example.org/${runId('0'.repeat(26))}>`,
    ]);
  });

  test('of what printed nothing, or did not fail by itself', async () => {
    await using world = await start();
    await world.tell(finished('failure'));
    await world.tell({ ...finished('error'), reason: 'no such\ncommit' } as RunStatus);
    await world.tell(finished('superseded'));
    assert.deepEqual(world.contents(), [
      '@here CI job `unit-tests` **FAILED** on branch(main) `[no output]`',
      '@here CI job `unit-tests` **FAILED** on branch(main): could not run: no such commit `[no output]`',
      'CI job `unit-tests` was superseded on branch(main): superseded',
    ]);
  });

  test('only on the occasions that are wanted, without starts', async () => {
    let previous: Outcome | null = null;
    await using world = await start({
      when: ['fixed', 'failure'],
      previousOutcome: async () => previous,
    });
    await world.tell(running);
    await world.tell(finished('success'));
    assert.deepEqual(world.contents(), []);
    previous = 'failure';
    await world.tell(finished('success'));
    assert.deepEqual(world.contents(), ['@here CI job `unit-tests` succeeded on branch(main)']);
  });

  test('nobody is called by what a job prints or a stranger is called', async () => {
    await using world = await start({
      mention: '<@&42> <@!7>',
      tailOf: async () => ['@everyone <@1> ``` @here <@&2>'],
      eventOf: async () => ({ ...event, branch: '@everyone', actor: { id: null, name: '@here' } }),
    });
    await world.tell(running);
    await world.tell(finished('failure'));
    for (const { content, allowed_mentions } of world.discord.statuses) {
      assert.deepEqual(allowed_mentions, { parse: [], users: ['7'], roles: ['42'] });
      assert.doesNotMatch(content.replace('<@&42> <@!7> ', ''), /@[^\u200b]/);
    }
    // One block, and nothing of the output outside of it.
    assert.match(world.contents()[1] ?? '', /^[^\n]*\n```\n[^\n]*\n```$/);
  });

  test('is never too long, and no character is cut in half', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ unit: 'binary', maxLength: 3000 }), { maxLength: 3 }),
        fc.string({ unit: 'binary', maxLength: 3000 }),
        (tail, branch) => {
          const report = reportOf(repo, finished('failure'), 1);
          const more = { tail, page: `https://ci.example.org/${'x'.repeat(60)}` };
          const content = endMessage('@here', report, { ...event, branch }, more);
          assert.ok(content.length <= 2000);
          assert.ok(content.isWellFormed());
          assert.ok(content.endsWith('x>'));
        },
      ),
    );
  });

  test('mentions are read as Discord writes them', () => {
    assert.deepEqual(mentionsIn('@here'), { parse: ['everyone'], users: [], roles: [] });
    assert.deepEqual(mentionsIn('hey <@1> <@1> @heretic'), { parse: [], users: ['1'], roles: [] });
  });
});

describe('answers', () => {
  const answers = [
    ['429 with its wait', { status: 429, body: '{"retry_after": 1.25}' }, 'retry 1250'],
    ['429 with a header', { status: 429, headers: { 'retry-after': '7' } }, 'retry 7000'],
    ['429 with nonsense', { status: 429, body: '{"retry_after": -1}' }, 'retry null'],
    ['404', { status: 404 }, 'refused'],
    ['400', { status: 400 }, 'refused'],
    ['a redirect', { status: 302, headers: { location: 'http://127.0.0.1:1/' } }, 'refused'],
  ] as const;
  for (const [what, fault, expected] of answers)
    test(what, async () => {
      await using world = await start();
      world.discord.fault = fault;
      const told = await world.tell(finished('success'));
      assert.equal(told.result === 'retry' ? `retry ${told.afterMs}` : told.result, expected);
      assert.equal(world.discord.requests, 1);
    });

  test('what could not be sent is said at the next try', async () => {
    await using world = await start();
    world.discord.fault = { status: 500 };
    await world.tell(running);
    world.discord.fault = null;
    await world.tell(running);
    assert.equal(world.contents().length, 1);
  });

  test('while the store does not answer, it is for trying again', async () => {
    await using world = await start({ eventOf: () => Promise.reject(new Error('busy with hunter2!')) });
    assert.deepEqual(await world.tell(running), { result: 'retry', error: 'busy with ***', afterMs: null });
  });
});
