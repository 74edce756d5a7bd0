import assert from 'node:assert/strict';
import { test } from 'node:test';
import { commandRule, openHouse } from '../../../test/support/doors/open-house.ts';
import type { RunId } from '../../domain/id.ts';
import { badgeSvg } from './badge.ts';
import { ccXml } from './cc-xml.ts';

const repo = {
  forge: 'github',
  name: 'acme/app',
  url: 'https://github.com/acme/app.git',
  defaultBranch: 'main',
};
const push = (branch: string) => ({ repo, ref: `refs/heads/${branch}`, branch, after: 'a'.repeat(40) });

test('badges and cc.xml tell of the default branch, or of the one that is asked for', async () => {
  await using house = await openHouse({ rules: [commandRule('unit'), commandRule('idle')] });
  for (const [branch, exitCode] of [
    ['main', 0],
    ['topic', 1],
  ] as const) {
    house.rules = [commandRule('unit')];
    const { runs } = (await (await house.deliver(push(branch))).json()) as { runs: readonly RunId[] };
    for (const run of runs) {
      await house.claim(run);
      await house.finish(run, exitCode);
    }
  }
  house.rules = [commandRule('unit'), commandRule('idle')];
  const badge = async (path: string) => {
    const response = await house.api(path);
    assert.equal(response.headers.get('content-type'), 'image/svg+xml');
    return /<title>(.*)<\/title>/.exec(await response.text())?.[1];
  };
  assert.equal(await badge('/badge/unit.svg'), 'unit: success');
  assert.equal(await badge('/badge/unit.svg?branch=topic'), 'unit: failure');
  assert.equal(await badge('/badge/unit.svg?branch=other'), 'unit: no run');
  assert.equal(await badge('/badge/idle.svg'), 'idle: no run');
  for (const path of ['/badge/unit', '/badge/nobody.svg', '/badge/%3Cb%3E.svg'])
    assert.equal((await house.api(path)).status, 404);

  const xml = await (await house.api('/cc.xml')).text();
  assert.match(
    xml,
    /<Project name="unit" activity="Sleeping" lastBuildStatus="Success" lastBuildLabel="run_/,
  );
  assert.match(
    xml,
    /<Project name="idle" activity="Sleeping" lastBuildStatus="Unknown" webUrl="http.*#\/rules\/idle"/,
  );
});

test('nobody sees a badge without a token, but where anyone may', async () => {
  for (const [badges, status] of [
    ['signed-in', 401],
    ['anyone', 200],
  ] as const) {
    await using house = await openHouse({ badges });
    for (const path of ['/badge/unit.svg', '/cc.xml'])
      assert.equal((await fetch(house.adminUrl + path)).status, status, path);
    assert.equal((await fetch(`${house.adminUrl}/api/rules`)).status, 401);
  }
});

test('whatever stands in a name, it is text', () => {
  const name = `"'><script>alert(1)</script>&\u0000\ud800`;
  const standing = { last: null, isBusy: false };
  for (const xml of [badgeSvg(name, 'success'), ccXml([{ name, standing, url: name }])]) {
    assert.ok(!xml.includes('<script'), xml);
    assert.ok(xml.includes('&quot;&#39;&gt;&lt;script&gt;'), xml);
    assert.ok(xml.isWellFormed() && !xml.includes('\u0000'));
  }
});
