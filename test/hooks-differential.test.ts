import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { theirs } from '../src/sources/hooks/deviations.ts';
import { readHooks } from '../src/sources/hooks/file/read-hooks.ts';
import type { TemplateWorld } from '../src/sources/hooks/file/template/functions.ts';
import { decodeBytes } from '../src/sources/hooks/request/utf8.ts';
import { createRandom } from './crash/random.ts';
import { answerOf, type Said } from './support/hooks/answer-of.ts';
import { oddFiles, randomScalars } from './support/hooks/odd-files.ts';
import { randomHook } from './support/hooks/random-hooks.ts';
import { randomRequest } from './support/hooks/random-request.ts';
import { expressions, templates } from './support/hooks/templates.ts';
import { exchange, startWebhook } from './support/hooks/webhook.ts';
import { startPersona } from './support/persona.ts';

/** Another one, or many of them in a row, may be asked for. */
const seed = Number(process.env['SIGNALBOX_HOOKS_SEED'] ?? 20_261_121);
const cases = Number(process.env['SIGNALBOX_HOOKS_CASES'] ?? 400);
const hooksPerServer = 200;

const env = { PATH: '/usr/bin:/bin', HOOKS_TEST: 'va"l' };

const script = `#!/bin/sh
printf '<%s>\\n' "$#" "$@"
env | LC_ALL=C sort | grep -aE '^(HOOK_|MY_)'
[ -n "$FILE_A" ] && cat "$FILE_A"
exit 0
`;

describe('the original program, asked the same', { timeout: 110_000 }, () => {
  test(`random hooks and requests, seed ${seed}`, async () => {
    const directory = mkdtempSync(join(tmpdir(), 'signalbox-hooks-differential-'));
    try {
      const show = join(directory, 'show.sh');
      writeFileSync(show, script);
      chmodSync(show, 0o755);
      const random = createRandom(seed);
      const hooks = Array.from({ length: hooksPerServer }, (_, n) => randomHook(random, `h${n}`, show));
      const text = JSON.stringify(hooks);
      writeFileSync(join(directory, 'hooks.json'), text);
      await using webhook = await startWebhook({ cwd: directory, env, args: ['-hooks', 'hooks.json'] });
      await using signalbox = await startPersona(
        ['webhook', '-hooks', 'hooks.json', '-deviation', 'all=off'],
        { 'hooks.json': text },
        env,
      );
      const port = Number(new URL(signalbox.url).port);
      const differing: string[] = [];
      for (let n = 0; n < cases; n += 1) {
        const id = random.between(0, hooksPerServer - 1);
        const request = randomRequest(random, `h${id}`);
        const [ours, wanted] = await Promise.all([exchange(port, request), webhook.ask(request)]);
        if (!isSame(request, ours, wanted))
          differing.push(
            told(JSON.stringify(hooks[id]), `case ${n} ${JSON.stringify(request.toString())}`, ours, wanted),
          );
      }
      assert.equal(differing.join('\n'), '');
    } finally {
      rmSync(directory, { recursive: true });
    }
  });

  test(`odd files, and scalars without quotes, seed ${seed}`, async () => {
    await sameFiles([...oddFiles, randomScalars(createRandom(seed), 300)], null);
  });

  test('templates', async () => {
    const texts = [...expressions.map(expression => `{{${expression} | js}}`), ...templates];
    await sameFiles(texts.map(printing), { env, readFile: () => null });
  });
});

const printing = (text: string) =>
  `[{"id":"f","execute-command":"/bin/echo","include-command-output-in-response":true,"pass-arguments-to-command":[{"source":"string","name":"${text}"}]}]`;

/** Asks the hooks "f" and "" of each file; where a file cannot be read, neither is there. */
async function sameFiles(files: readonly string[], template: TemplateWorld | null): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'signalbox-hooks-files-'));
  try {
    const differing: string[] = [];
    for (const text of files) {
      writeFileSync(join(directory, 'hooks'), text);
      const read = readHooks({ behaviour: theirs, template, references: null }, Buffer.from(text));
      const hooks = read.result === 'read' ? read.file.hooks : [];
      const args = ['-hooks', 'hooks', ...(template === null ? [] : ['-template'])];
      await using webhook = await startWebhook({ cwd: directory, env, args });
      for (const id of ['f', '']) {
        const request = Buffer.from(`GET /hooks/${id} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
        const stage = { behaviour: theirs, hooks, headers: [], cwd: directory, env };
        const [ours, wanted] = await Promise.all([answerOf(stage, request), webhook.ask(request)]);
        if (JSON.stringify(ours) !== JSON.stringify(wanted))
          differing.push(told(text, read.result === 'refused' ? read.message : `id "${id}"`, ours, wanted));
      }
    }
    assert.equal(differing.join('\n'), '');
  } finally {
    rmSync(directory, { recursive: true });
  }
}

const told = (what: string, more: string, ours: Said, wanted: Said): string =>
  [what, more, `original ${JSON.stringify(wanted)}`, `ours     ${JSON.stringify(ours)}`].join('\n  ');

function isSame(request: Buffer, ours: Said, wanted: Said): boolean {
  // Where the installed version breaks inside, the one that is followed answers without a body.
  if (wanted.body === 'Internal Server Error\n') return ours.status === wanted.status && ours.body === '';
  if (decodeBytes(request).isWellFormed() && !request.includes('%ff'))
    return JSON.stringify(ours) === JSON.stringify(wanted);
  // Node hands texts to a command in UTF-8 alone, so other bytes in its arguments come out as U+FFFD.
  const plain = ({ body }: Said) => decodeBytes(Buffer.from(body, 'latin1')).toWellFormed();
  return ours.status === wanted.status && plain(ours) === plain(wanted);
}
