import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { startFakeDiscord } from './support/fake-discord.ts';
import { startFakeHook } from './support/fake-hook.ts';
import { createRepository } from './support/git-repository.ts';
import { githubRequest, push } from './support/github-payloads.ts';
import { openHouse } from './support/house.ts';

/** From pushes to what a channel and a webhook hear, with the whole house. */

const secret = 'the secret of the webhook';
const password = 'correct-horse-battery';

describe('reports to Discord and to a webhook', { timeout: 60_000 }, () => {
  test('tell of a failure, of the turn back, and nothing secret', async () => {
    await using discord = await startFakeDiscord();
    await using hook = await startFakeHook();
    await using repository = await createRepository({ code: '1' });
    await using house = await openHouse(
      `version: 1
sources: { github: { secret: "\${env:S}" } }
git: { allowFile: true }
secrets: { PASSWORD: "\${env:PASSWORD}" }
reports:
  discord: { url: "\${env:DISCORD}", mention: "@here", when: [failure, fixed] }
  hook: { url: "${hook.url}", secret: "\${env:HOOK}", allowPrivateHosts: true }
rules:
  - name: unit-tests
    on: push
    secrets: PASSWORD
    report: [discord, hook]
    run: echo "with $PASSWORD"; exit $(cat code)`,
      { S: secret, PASSWORD: password, DISCORD: discord.webhook, HOOK: hook.token },
    );
    const ended = async (sha: string, ref = 'refs/heads/main') => {
      const payload = push({ name: 'acme/app', url: repository.url, ref, after: sha });
      const request = { method: 'POST', ...githubRequest('push', payload, secret) };
      const answer = await fetch(`${house.publicUrl}/github`, request);
      assert.equal(answer.status, 202);
      await hook.status(
        ({ message: { type, data } }) =>
          type === 'run.finished' && data['sha'] === sha && data['ref'] === ref,
      );
    };
    const fixed = await repository.commit({ code: '0' });
    // A good start is no news; on another branch all has been well before.
    await ended(fixed, 'refs/heads/other');
    await ended(repository.sha);
    await ended(fixed);
    await discord.status(({ content }) => content.includes('succeeded'));
    const contents = discord.statuses.map(({ content }) => content);
    assert.equal(contents.length, 2);
    assert.match(
      contents[0] ?? '',
      /^@here CI job `unit-tests` \*\*FAILED\*\* on branch\(main\)\n```\nwith \*\*\*\n```$/,
    );
    assert.equal(contents[1], '@here CI job `unit-tests` succeeded on branch(main)');
    assert.ok(!JSON.stringify([hook.statuses, discord.statuses]).includes(password));
  });
});
