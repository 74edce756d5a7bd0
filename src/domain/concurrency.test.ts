import assert from 'node:assert/strict';
import { test } from 'node:test';
import { patchEvent, pushEvent } from '../../test/support/events.ts';
import { groupName } from './concurrency.ts';

test('a group is named after its event; a patch has a branch of its own', () => {
  const push = pushEvent();
  assert.equal(
    groupName('{rule}/{repo}/{branch}', 'unit', push, null),
    `unit/${push.repo?.name}/${push.branch}`,
  );
  const patch = patchEvent();
  assert.equal(
    groupName('{repo}/{branch}', 'unit', patch, null),
    `${patch.repo?.name}/patch ${patch.patch?.number}`,
  );
  assert.equal(groupName('deploy', 'unit', push, null), 'deploy');
  assert.equal(groupName('{repo}', 'unit', { ...push, repo: null }, null), '-');
});
