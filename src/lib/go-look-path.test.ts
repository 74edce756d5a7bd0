import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { goLookPath } from './go-look-path.ts';

const cwd = mkdtempSync(join(tmpdir(), 'signalbox-look-path-'));
after(() => rmSync(cwd, { recursive: true }));
mkdirSync(join(cwd, 'wd'));
const write = (name: string, text: string, mode = 0o755) => {
  writeFileSync(join(cwd, name), text);
  chmodSync(join(cwd, name), mode);
};
write('wd/script.sh', '#!/bin/sh\n');
write('wd/bare.sh', 'echo bare\n');
write('wd/closed.sh', '#!/bin/sh\n', 0o644);
write('wd/two words', '#!/bin/sh\n');

describe('where a program is', () => {
  const wd = join(cwd, 'wd');
  const cases: readonly (readonly [command: string, directory: string, found: string | RegExp])[] = [
    ['/bin/sh', '', '/bin/sh'],
    ['/bin/sh', wd, '/bin/sh'],
    ['sh', '', '/bin/sh'],
    ['sh', wd, /does not exist/],
    ['script.sh', wd, join(wd, 'script.sh')],
    ['two words', wd, join(wd, 'two words')],
    ['script.sh', 'wd', 'wd/script.sh'],
    ['wd/script.sh', '', 'wd/script.sh'],
    ['./wd/script.sh', '', './wd/script.sh'],
    ['script.sh', '', /nowhere in PATH$/],
    ['sh -c true', '', /nowhere in PATH: arguments belong in pass-arguments-to-command/],
    ['bare.sh', wd, /#!\/bin\/sh/],
    ['closed.sh', wd, /chmod \+x/],
    ['/usr', '', /is a directory/],
    ['script.sh', '/no/such', /does not exist/],
    ['', '', /no command is named/],
    ['', wd, /no command is named/],
  ];
  for (const [command, directory, wanted] of cases)
    test(`${command} in ${directory.replace(cwd, '')}`, () => {
      const program = goLookPath({ cwd, path: `wd:${cwd}:/bin` }, command, directory);
      if (typeof wanted === 'string') assert.deepEqual(program, { result: 'found', path: wanted });
      else assert.match(program.result === 'found' ? program.path : program.reason, wanted);
    });
});
