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
  /** When it began and ended, by one clock for all; null while it runs. */
  readonly began: number;
  readonly ended: number | null;
}

/** What it does instead of asking an engine. */
export interface DaggerAnswer {
  readonly stdout?: string;
  readonly stderr?: string;
  readonly exitCode?: number;
  /** It goes on when so many calls of functions have begun. */
  readonly waitFor?: number;
  /** Nor does it end before. */
  readonly takesMs?: number;
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
async function stub(directory: string): Promise<void> {
  const { existsSync, readdirSync, readFileSync, renameSync, writeFileSync } =
    process.getBuiltinModule('node:fs');
  const { setTimeout: sleep } = process.getBuiltinModule('node:timers/promises');
  const argv = process.argv.slice(2);
  const files: Record<string, string> = {};
  for (const [n, argument] of argv.entries()) {
    const path = /^--[\w-]+=(\/.*)$/.exec(argument)?.[1] ?? (argv[n - 1] === '--doc' ? argument : undefined);
    if (path !== undefined && existsSync(path))
      files[argv[n - 1] === '--doc' ? '--doc' : (argument.split('=')[0] ?? '')] = readFileSync(path, 'utf8');
  }
  const now = () => Number(process.hrtime.bigint() / 1000n);
  const call = { argv, env: process.env, cwd: process.cwd(), files, began: now() };
  const record = `${directory}/calls/${String(call.began).padStart(20, '0')}-${argv[0]}-${process.pid}.json`;
  // Whole at any time, for whoever reads it meanwhile.
  const keep = (ended: number | null) => {
    writeFileSync(`${directory}/${process.pid}`, JSON.stringify({ ...call, ended }));
    renameSync(`${directory}/${process.pid}`, record);
  };
  keep(null);
  const file = `${directory}/answers/${argv[0] === 'call' ? argv[5] : argv[0]}`;
  const {
    stdout = '',
    stderr = '',
    exitCode = 0,
    waitFor = 0,
    takesMs = 0,
  } = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {};
  const deadline = now() + 20_000_000;
  while (readdirSync(`${directory}/calls`).filter(name => name.includes('-call-')).length < waitFor) {
    if (now() > deadline) throw new Error(`there never were ${waitFor} calls`);
    await sleep(5);
  }
  while (now() - call.began < takesMs * 1000) await sleep(5);
  process.stdout.write(stdout);
  process.stderr.write(stderr);
  process.exitCode = exitCode;
  keep(now());
}
