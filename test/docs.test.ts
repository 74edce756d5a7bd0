import assert from 'node:assert/strict';
import { existsSync, globSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { describe, test } from 'node:test';
import { parse } from 'yaml';
import { pages } from '../scripts/docs.ts';
import { knownKeys } from '../src/config/json-schema.ts';
import { formatProblem } from '../src/config/problem.ts';
import { errorCodes } from '../src/domain/errors.ts';
import { outcomes, runStates } from '../src/domain/run.ts';
import { verdictWords } from '../src/domain/verdict.ts';
import { apiRoutes } from '../src/server/api/routes.ts';
import { readConfig } from './support/config.ts';
import { anchors, blocks, docs, inCode, links, root } from './support/docs.ts';

/** What the documentation says is so. That its commands run is tested in docs-commands.test.ts. */

const page = (file: string) => docs.find(each => each.file === file) ?? { file, text: '' };

test('the generated pages are up to date', () => {
  for (const [name, generate] of Object.entries(pages))
    assert.ok(page(`docs/${name}`).text === generate(), `docs/${name} is out of date: run  npm run docs`);
});

test('every relative link leads to something', () => {
  let seen = 0;
  for (const each of docs)
    for (const link of links(each).filter(link => !/^[a-z]+:/.test(link))) {
      seen += 1;
      const [path = '', anchor] = link.split('#', 2);
      const target = path === '' ? each.file : join(dirname(each.file), path);
      assert.ok(existsSync(join(root, target)), `${each.file} links to ${link}`);
      if (anchor !== undefined)
        assert.ok(anchors(page(target)).includes(anchor), `${each.file} links to ${link}: no such heading`);
    }
  assert.ok(seen > 5, `looked at too little: ${seen}`);
});

describe('every yaml block is a configuration, or a part of one', () => {
  for (const each of docs)
    for (const [n, block] of blocks(each, 'yaml').entries())
      test(`${each.file}, block ${n + 1}`, () => {
        const config = whole(block);
        const env = Object.fromEntries(
          [...config.matchAll(/\$\{env:(\w+)\}/g)].map(([, name = '']) => [name, 'a-long-enough-value']),
        );
        // Files that the docs take for granted lie there.
        const file = join(root, 'test/fixtures/docs/signalbox.yaml');
        const read = readConfig(config, { env, file });
        assert.equal(
          read.result,
          'loaded',
          read.result === 'refused' ? `${read.problems.map(formatProblem).join('\n')}\n${config}` : '',
        );
      });
});

/** A block as a whole configuration: it is one, or some sections of one, or a list of rules, or some keys of a rule. */
function whole(block: string): string {
  const value: unknown = parse(block);
  const keys = typeof value === 'object' && value !== null ? Object.keys(value) : [];
  const indented = (by: string) => block.replaceAll(/^(?=.)/gm, by);
  const some = `version: 1\nsources: { github: { secret: "\${env:S}", token: "\${env:T}" } }\nrules:\n`;
  if (keys.includes('version')) return block;
  if (Array.isArray(value)) return `${some}${indented('  ')}`;
  if (keys.every(key => knownKeys([]).includes(key))) return `version: 1\n${block}`;
  const missing = { name: 'example', on: 'push', run: 'make' };
  const rest = Object.entries(missing).filter(
    ([key]) =>
      !keys.includes(key) && !(key === 'run' && ('exec' in Object(value) || 'dagger' in Object(value))),
  );
  return `${some}  -\n${rest.map(([key, text]) => `    ${key}: ${text}\n`).join('')}${indented('    ')}`;
}

test('every file that is named exists', () => {
  let seen = 0;
  for (const each of docs)
    for (const code of inCode(each))
      for (const [path] of code.matchAll(/(?<![\w./-])(?:src|test|scripts|docs|web|bin|bench)\/[\w./-]*/g)) {
        seen += 1;
        assert.ok(existsSync(join(root, path)), `${each.file} names ${path}`);
      }
  assert.ok(seen > 20, `looked at too little: ${seen}`);
});

describe('the glossary', () => {
  const { text } = page('docs/glossary.md');
  const rows = new Map(
    [...text.matchAll(/^\| \*\*(.+?)\*\* \| (.*) \| (.*) \|$/gm)].map(([, word, ...rest]) => [word, rest]),
  );

  test('tells each word once, and every noun of the ground floor', () => {
    assert.equal(rows.size, text.match(/^\| \*\*/gm)?.length, 'a word is told twice');
    const helpers = ['control-sequences', 'errors', 'event-json', 'id', 'json', 'lines', 'shown'];
    const nouns = globSync('src/domain/*.ts', { cwd: root, exclude: ['**/*.test.ts'] }).filter(
      file => !helpers.includes(basename(file, '.ts')),
    );
    assert.ok(nouns.length > 8, `looked at too little: ${nouns.join()}`);
    for (const noun of nouns) assert.ok(text.includes(`\`${noun}\``), `${noun} is a word of nobody`);
  });

  test('spells out the lists of the code', () => {
    const lists = { outcome: outcomes, run: runStates, verdict: verdictWords };
    for (const [word, list] of Object.entries(lists)) {
      const told = [...(rows.get(word)?.[0] ?? '').matchAll(/`([^`]+)`/g)].map(([, each]) => each);
      assert.deepEqual(told, [...list], word);
    }
  });
});

test('the tour of the house names every room, and no other', () => {
  const [, plan = ''] = /```\n(floor 5.*?)```/s.exec(page('docs/architecture.md').text) ?? [];
  const told = new Set([...plan.matchAll(/(?<![\w-])([a-z-]+)\//g)].map(([, room]) => room));
  const rooms = readdirSync(join(root, 'src'), { withFileTypes: true }).filter(entry => entry.isDirectory());
  assert.deepEqual(told, new Set([...rooms.map(({ name }) => name), 'web']));
});

test('error codes are told once each, and no others', () => {
  const rows = page('docs/api.md').text.matchAll(/^\| `(\w+)` \| (\d{3}) \| \d+ \|/gm);
  assert.deepEqual(
    [...rows].map(([, code]) => code),
    errorCodes,
  );
});

test('the calls of the API that are named exist', () => {
  const known = apiRoutes.map(([, path]) => path.replaceAll(/:\w+/g, '{}'));
  let seen = 0;
  for (const each of docs)
    for (const code of inCode(each))
      for (const [path] of code.matchAll(/(?<!\w)\/api\/[\w/{}.-]+/g)) {
        seen += 1;
        const shape = path.replaceAll(/\{\w+\}/g, '{}');
        assert.ok(shape === '/api/openapi.json' || known.includes(shape), `${each.file} names ${path}`);
      }
  assert.ok(seen > 20, `looked at too little: ${seen}`);
});

test("the version in the changelog is the package's, or not released yet", () => {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const [, newest = ''] = /^## (.+)$/m.exec(page('CHANGELOG.md').text) ?? [];
  assert.ok(newest === 'Unreleased' || newest.startsWith(version), newest);
});
