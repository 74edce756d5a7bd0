import assert from 'node:assert/strict';
import { test } from 'node:test';
import { engineTrouble } from './engine-trouble.ts';

const said = (stderr: string) =>
  /cannot be reached \((.*)\): start Docker/.exec(engineTrouble(stderr) ?? '')?.[1];

test('a missing engine is known by what the command line says of it', () => {
  const table: readonly (readonly [stderr: string, said: string])[] = [
    [
      'Error: start engine: driver for scheme "image" was not available\n',
      'start engine: driver for scheme "image" was not available',
    ],
    [
      '1   : connect\n2   : starting engine ERROR [0.5s]\n1   : connect ERROR [0.5s]\n1   : ! start engine: failed to pull image: failed to run command: exit status 1\n',
      'start engine: failed to pull image: failed to run command: exit status 1',
    ],
    [
      '12  : fe1b9a5a7c3cc6ff: ┆ ┆ ! start engine: new client: interrupted\n',
      'start engine: new client: interrupted',
    ],
    [
      'Error: failed to connect to engine: dial tcp: refused\n',
      'failed to connect to engine: dial tcp: refused',
    ],
    [
      'Error: failed to run container: docker: Cannot connect to the Docker daemon at unix:///var/run/docker.sock.\n',
      'failed to run container: docker: Cannot connect to the Docker daemon at unix:///var/run/docker.sock',
    ],
    [
      'Error: Cannot connect to the Docker daemon at unix:///x. Is the docker daemon running?',
      'Cannot connect to the Docker daemon at unix:///x. Is the docker daemon running?',
    ],
    [
      'Dagger could not start the local engine using docker.\n\nMake sure the runtime is running\n',
      'Dagger could not start the local engine using docker',
    ],
  ];
  for (const [stderr, expected] of table) assert.equal(said(stderr), expected, stderr);
});

test('what a function says of engines is its own business', () => {
  for (const stderr of [
    '',
    'Error: exit code: 1\n',
    '12 : [0.5s] | Cannot connect to the Docker daemon at unix:///var/run/docker.sock.\n',
    'Cannot connect to the Docker daemon at unix:///var/run/docker.sock.\n',
    '12 : [0.5s] | start engine: no key\n',
    'start engine: no key\n',
    'Error: input: train.startEngine resolve: no key\n',
  ])
    assert.equal(engineTrouble(stderr), null, stderr);
});

test('the sentence is short, and tells no credentials', () => {
  const text = engineTrouble(`Error: start engine: tcp://ann:hunter22@box ${'x'.repeat(5_000)}\n`) ?? '';
  assert.ok(text.length < 500);
  assert.ok(!text.includes('hunter22'));
});
