import assert from 'node:assert/strict';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { type Ran, runInProcess, terminal } from '../../test/support/cli.ts';
import { createRepository, type TestRepository } from '../../test/support/git-repository.ts';
import { startHostileServer } from '../../test/support/hostile-server.ts';
import { openHouse, type TestHouse } from '../../test/support/house.ts';
import type { CliIo } from './io.ts';

/** Every command against the real house: its API, its store, its processes. */

const secret = 'between us';
const config = `
version: 1
sources: { github: { secret: "\${env:SECRET}" } }
git: { allowFile: true }
rules:
  - name: unit
    on: push
    branch: main
    run: echo hello; echo careful >&2
  - name: broken
    on: push
    branch: broken
    run: exit 3
  - name: slow
    on: push
    branch: slow
    timeout: 1s
    run: sleep 60
  - name: careful
    on: push
    branch: careful
    trust: approval
    run: echo approved
  - name: docs
    on: push
    branch: [main, broken]
    paths: ["docs/**"]
    if: event.actor.name != "renovate"
    run: echo docs
`;

/** Fails with what was said when a command ended otherwise. */
function ended({ code, stdout, stderr }: Ran, expected: number): void {
  assert.equal(code, expected, `${stdout}\n${stderr}`);
}

let house: TestHouse;
let nobody: string;
let repository: TestRepository;
before(async () => {
  repository = await createRepository();
  house = await openHouse(config, { SECRET: secret });
  const gone = await startHostileServer(() => {});
  nobody = gone.url;
  await gone[Symbol.asyncDispose]();
});
after(async () => {
  await house[Symbol.asyncDispose]();
  await repository[Symbol.asyncDispose]();
});

/** Runs a command line as in the directory above the server's data. */
const cli = (line: string, changes: Partial<CliIo> = {}): Promise<Ran> =>
  runInProcess(line.split(' '), {
    cwd: house.directory,
    env: { GITHUB_WEBHOOK_SECRET: secret, PATH: process.env['PATH'] },
    now: Date.now,
    ...changes,
  });

const push = (branch: string): Promise<Ran> =>
  cli(`send github.push --repo-url ${repository.url} --sha ${repository.sha} --branch ${branch}`);

/** Sends a push and follows its one run; returns how the command ended. */
async function pushAndFollow(branch: string): Promise<Ran> {
  ended(await push(branch), 0);
  return cli('runs logs -f last');
}

describe('send', () => {
  test('tells the event, its runs, and how to learn why', async () => {
    const { code, stdout, stderr } = await push('main');
    assert.equal(code, 0);
    assert.match(stdout, /^event {2}evt_\w{26}\nrun {4}run_\w{26}\n$/);
    assert.match(stderr, /^why: signalbox events explain evt_\w{26}\n$/);
    await cli('runs logs -f last');
  });

  test('--json is what the door said; the same delivery twice is one event', async () => {
    const first = await cli('send github.ping --delivery once --json');
    const second = await cli('send github.ping --delivery once --json');
    assert.equal(JSON.parse(second.stdout).event, JSON.parse(first.stdout).event);
    assert.equal(JSON.parse(second.stdout).duplicate, true);
    const { stderr } = await cli('send github.ping --delivery once');
    assert.match(stderr, /had come before/);
  });

  test('a refused signature is an authentication matter, and says what to look at', async () => {
    const wrong = await cli('send github.ping --secret wrong');
    assert.equal(wrong.code, 4);
    assert.match(wrong.stderr, /the secret is not the one/);
    const none = await cli('send github.ping', { env: {} });
    assert.match(none.stderr, /wants a signature/);
  });

  test('an event that was shown as JSON can be sent again', async () => {
    await push('nowhere');
    const { stdout } = await cli('events show last --json');
    await writeFile(join(house.directory, 'event.json'), stdout);
    const again = await cli('send event.json');
    assert.equal(again.code, 0);
    const original = JSON.parse(stdout);
    const copy = JSON.parse((await cli('events show last --json')).stdout);
    assert.notEqual(copy.id, original.id);
    assert.equal(copy.delivery.body, original.delivery.body);
  });

  test('the path in a file cannot lead to another host', async () => {
    const { stdout } = await cli('events show last --json');
    const event = JSON.parse(stdout);
    for (const path of ['//127.0.0.1:9/github', '@127.0.0.1:9/github']) {
      await writeFile(
        join(house.directory, 'event.json'),
        JSON.stringify({ ...event, delivery: { ...event.delivery, path } }),
      );
      // The house itself says that it has no such door.
      ended(await cli('send event.json'), 3);
    }
  });

  test('what is not there, and where nobody listens', async () => {
    ended(await cli('send no.such.sample'), 3);
    ended(await cli(`send github.ping --to ${house.publicUrl}/gitlab`), 3);
    ended(await cli(`send github.ping --to ${nobody}`), 5);
    ended(await cli('send github.ping --to nowhere'), 2);
    ended(await cli('send'), 2);
  });
});

describe('events', () => {
  test('explain is the whole answer: each rule, its reason, its conditions, the values seen', async () => {
    await pushAndFollow('main');
    const { code, stdout } = await cli('events explain last', terminal(80));
    assert.equal(code, 0);
    assert.ok(
      stdout.includes(`✓ unit  matched
  all 3 conditions hold
    ✓ the event is a push
    ✓ there is a commit: ${repository.sha.slice(0, 12)}
    ✓ branch "main" matches main
  → run_`),
      stdout,
    );
    assert.ok(stdout.includes('✗ broken  not matched\n  branch "main" is none of broken\n'), stdout);
    assert.ok(stdout.includes('· not looked at: event.actor.name != "renovate"'), stdout);
    for (const line of stdout.split('\n')) assert.ok(line.length <= 80, line);
  });

  test('ls counts the answers of the rules; a page can be followed', async () => {
    await push('nowhere');
    const { stdout } = await cli('events ls --limit 1', terminal(120));
    assert.match(
      stdout,
      /^EVENT +WHEN +WHAT +REPOSITORY +RULES\nevt_\w+ +(now|\d+ s ago) +push to nowhere +acme\/widgets +✗5\n$/,
    );
    const page = JSON.parse((await cli('events ls --limit 1 --json')).stdout);
    assert.equal(page.items.length, 1);
    const next = JSON.parse((await cli(`events ls --limit 1 --json --after ${page.next}`)).stdout);
    assert.notEqual(next.items[0].id, page.items[0].id);
    assert.match((await cli('events ls --repo no/such')).stderr, /no events/);
  });

  test('show tells what arrived and how it proved itself', async () => {
    await push('nowhere');
    const { stdout } = await cli('events show last');
    assert.match(stdout, /POST \/github from 127\.0\.0\.1/);
    assert.match(stdout, /verified by X-Hub-Signature-256 \(secret 1 of 1\)/);
  });

  test('a dry run starts nothing; a replay does, and can be waited for', async () => {
    await pushAndFollow('broken');
    const before = (await cli('runs ls --json --limit 1')).stdout;
    const trial = await cli('events replay last --dry-run');
    assert.match(trial.stdout, /✓ broken {2}matched/);
    assert.equal((await cli('runs ls --json --limit 1')).stdout, before);
    const replayed = await cli('events replay last --wait --json');
    assert.equal(replayed.code, 1);
    assert.equal(JSON.parse(replayed.stdout).runs.length, 1);
    assert.match(replayed.stderr, /failure, exit code 3/);
  });
});

describe('runs', () => {
  test('logs -f prints what the run printed and ends like it', async () => {
    const { code, stdout, stderr } = await pushAndFollow('main');
    assert.equal(code, 0);
    assert.match(stdout, /^hello$/m);
    assert.match(stdout, /^careful$/m);
    assert.match(stderr, /✓ run_\w{26} success, exit code 0/);
    ended(await pushAndFollow('broken'), 1);
  });

  test('a run that times out is mirrored as a timeout', async () => {
    const { code, stderr } = await pushAndFollow('slow');
    assert.equal(code, 124);
    assert.match(stderr, /timeout/);
  });

  test('stored logs: as printed in a pipe, as JSON lines, with times', async () => {
    await pushAndFollow('main');
    assert.match((await cli('runs logs last')).stdout, /^hello$/m);
    const lines = (await cli('runs logs last --json')).stdout
      .trimEnd()
      .split('\n')
      .map(line => JSON.parse(line));
    assert.ok(lines.some(({ stream, text }) => stream === 'stdout' && text === 'hello'));
    assert.ok(lines.some(({ stream, text }) => stream === 'stderr' && text === 'careful'));
    assert.match((await cli('runs logs last -t')).stdout, /^\d{4}-\d\d-\d\dT\S+Z hello$/m);
    assert.match((await cli('runs logs last', terminal())).stdout, /^hello$/m);
  });

  test('ls and show tell the story and the next useful command', async () => {
    await pushAndFollow('broken');
    assert.match((await cli('runs ls --rule broken')).stdout, /run_\w+ +✗ failure +broken +\S+Z +\d/);
    const { stdout } = await cli('runs show last');
    assert.match(stdout, /^✗ failure, exit code 3 {2}run_/);
    assert.match(stdout, /^event +evt_\w+ push to broken$/m);
    assert.match(stdout, new RegExp(`^commit +${repository.sha} refs/heads/broken$`, 'm'));
    assert.match(stdout, /signalbox runs rerun run_/);
  });

  test('a blocked run waits for its approval; what is over can only be rerun', async () => {
    await push('careful');
    const blocked = await cli('runs show last');
    assert.match(blocked.stdout, /^‖ blocked/);
    assert.match(blocked.stdout, /next {2}signalbox runs approve run_/);
    assert.match((await cli('runs approve last')).stderr, /^queued: approved by admin/);
    ended(await cli('runs logs -f last'), 0);
    const late = await cli('runs approve last');
    ended(late, 2);
    assert.match(
      late.stderr,
      /^signalbox: run_\w+ is over: only a blocked run can be approved; a rerun does the same work again\n$/,
    );
    const again = await cli('runs rerun last');
    assert.match(again.stdout, /^run_\w{26}\n$/);
    ended(await cli(`runs logs -f ${again.stdout.trim()}`), 0);
  });

  test('cancel ends a run', async () => {
    await push('careful');
    assert.match((await cli('runs cancel last')).stderr, /^cancelled: cancelled by admin/);
    assert.equal(JSON.parse((await cli('runs show last --json')).stdout).outcome, 'cancelled');
  });

  test('who interrupts the following leaves the run alone', async () => {
    await push('careful');
    const leave = new AbortController();
    const following = cli('runs logs -f last', { signal: leave.signal });
    leave.abort();
    assert.equal((await following).code, 130);
    assert.equal(JSON.parse((await cli('runs show last --json')).stdout).state, 'blocked');
    await cli('runs cancel last');
  });

  test('a run that is not there', async () => {
    for (const id of ['run_00000000000000000000000000', '../../health', 'nonsense'])
      assert.equal((await cli(`runs show ${id}`)).code, 3, id);
  });
});

describe('rules', () => {
  test('ls names each with its conditions and command', async () => {
    assert.match((await cli('rules ls')).stdout, /^broken +.*branch broken.* exit 3$/m);
  });

  test('test answers for the rules in force, and for a draft', async () => {
    await push('nowhere');
    assert.match((await cli('rules test')).stdout, /✗ unit {2}not matched/);
    await writeFile(join(house.directory, 'draft.yaml'), '- { name: draft, on: push, run: "true" }\n');
    assert.match((await cli('rules test --rules draft.yaml --event last')).stdout, /✓ draft {2}matched/);
    ended(await cli('rules test --rules nothing.yaml'), 3);
  });

  test('run starts one by hand and mirrors it', async () => {
    const { code, stdout } = await cli(`rules run unit --repo ${repository.url} --ref main --wait`);
    assert.equal(code, 0);
    assert.match(stdout, /^hello$/m);
    assert.match((await cli('events explain last')).stdout, /started by admin, by hand/);
    ended(await cli('rules run no-such-rule'), 3);
  });
});

describe('operate', () => {
  test('a demo on the data of a running server is refused, and touches nothing there', async () => {
    const data = join(house.directory, 'data');
    const { code, stderr } = await cli(`dev --data ${data}`);
    assert.equal(code, 5);
    assert.match(
      stderr,
      /^signalbox: the data directory \S+ is in use by another signalbox \(process \d+\): /,
    );
    assert.ok(!(await readdir(data)).includes('demo'));
  });

  test('agents ls shows who takes runs', async () => {
    assert.match((await cli('agents ls')).stdout, /^local +local +✓ online +\S+Z +linux \S+ +\d of \d+/m);
  });

  test('a token is all that token new prints; it works until it is revoked', async () => {
    const { stdout } = await cli('token new laptop');
    assert.match(stdout, /^sbx_\S+\n$/);
    const asLaptop = { env: { SIGNALBOX_TOKEN: stdout.trim() } };
    ended(await cli('token ls', asLaptop), 0);
    assert.match((await cli('token ls')).stdout, /^laptop +\S+Z/m);
    ended(await cli('token new laptop'), 2);
    ended(await cli('token revoke laptop'), 0);
    ended(await cli('token ls', asLaptop), 4);
    ended(await cli('token revoke laptop'), 3);
  });

  test('without a server, one sentence says how to start one', async () => {
    const { code, stdout, stderr } = await cli(`events ls --url ${nobody}`);
    assert.equal(code, 5);
    assert.equal(stdout, '');
    assert.match(stderr, /^signalbox: no server answers at http\S+: start one with "signalbox serve".*\n$/);
  });

  test('doctor finds the server well', async () => {
    const { code, stdout } = await cli('doctor --json');
    const { ok, findings } = JSON.parse(stdout);
    const found = Object.fromEntries(
      findings.map((each: { check: string; health: string }) => [each.check, each.health]),
    );
    assert.equal(found.server, 'ok', stdout);
    assert.equal(found['admin token'], 'ok');
    assert.equal(code, ok ? 0 : 1);
  });
});
