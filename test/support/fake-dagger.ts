import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What the stub was started with. */
export interface DaggerCall {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  /** Text of the files that flags named, by the flag. */
  readonly files: Readonly<Record<string, string>>;
}

/** What it does instead of asking an engine. */
export interface DaggerAnswer {
  readonly stdout?: string;
  readonly stderr?: string;
  readonly exitCode?: number;
}

/** A `dagger` that stands for the command line and all that is behind it. */
export interface FakeDagger extends Disposable {
  /** To be put on PATH. */
  readonly directory: string;
  /** In the order in which they began. */
  calls(): readonly DaggerCall[];
  /** What it answers to a command (`query`), or to a call of a function, by its name. */
  answer(to: string, answer: DaggerAnswer): void;
}

export function createFakeDagger(): FakeDagger {
  const directory = mkdtempSync(join(tmpdir(), 'signalbox-dagger-'));
  const [calls, answers] = [join(directory, 'calls'), join(directory, 'answers')];
  for (const place of [calls, answers]) mkdirSync(place);
  const program = join(directory, 'dagger');
  writeFileSync(program, `#!${process.execPath}\n(${stub.toString()})(${JSON.stringify(directory)});\n`);
  chmodSync(program, 0o755);
  return {
    directory,
    calls: () =>
      readdirSync(calls)
        .sort()
        .map(name => JSON.parse(readFileSync(join(calls, name), 'utf8')) as DaggerCall),
    answer: (to, answer) => writeFileSync(join(answers, to), JSON.stringify(answer)),
    [Symbol.dispose]: () => rmSync(directory, { recursive: true }),
  };
}

/** The program itself: its text is what is written. */
function stub(directory: string): void {
  const { existsSync, readFileSync, writeFileSync } = process.getBuiltinModule('node:fs');
  const argv = process.argv.slice(2);
  const files: Record<string, string> = {};
  for (const [n, argument] of argv.entries()) {
    const path = /^--[\w-]+=(\/.*)$/.exec(argument)?.[1] ?? (argv[n - 1] === '--doc' ? argument : undefined);
    if (path !== undefined && existsSync(path))
      files[argument.split('=')[0] ?? ''] = readFileSync(path, 'utf8');
  }
  const call = { argv, env: process.env, cwd: process.cwd(), files };
  const order = `${process.hrtime.bigint()}`.padStart(20, '0');
  writeFileSync(`${directory}/calls/${order}-${process.pid}.json`, JSON.stringify(call));
  const name = argv[0] === 'call' ? argv[5] : argv[0];
  const file = `${directory}/answers/${name}`;
  const {
    stdout = '',
    stderr = '',
    exitCode = 0,
  } = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {};
  process.stdout.write(stdout);
  process.stderr.write(stderr);
  process.exitCode = exitCode;
}
