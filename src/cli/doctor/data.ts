import { randomUUID } from 'node:crypto';
import { rm, stat, statfs, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { SignalboxError } from '../../domain/errors.ts';
import { duration } from '../../domain/report.ts';
import { broken, type Finding, fine, info, warning } from './finding.ts';

const mebibyte = 1024 * 1024;
/** A day of events and logs of a small team. */
const scarceBytes = 1024 * mebibyte;
/** The store needs room to merge its write-ahead log. */
const tooLittleBytes = 100 * mebibyte;
/** File systems keep times to a fraction of a second; more apart means two clocks. */
const clockToleranceMs = 2_000;

/** Magic numbers of statfs(2): SQLite's locks and shared memory do not work over a network. */
const networkFileSystems: ReadonlyMap<number, string> = new Map([
  [0x6969, 'NFS'],
  [0xff534d42, 'CIFS'],
  [0xfe534d42, 'SMB'],
]);

/**
 * Everything about the data directory of this kind of process: an agent has no doors that a token opens, and keeps no facts;
 * where a database keeps them, there is no store in here. Nothing is left in it but what SQLite makes to read one.
 */
export async function checkData(
  data: string,
  kind: 'server' | 'server with a database' | 'agent',
): Promise<readonly Finding[]> {
  const existing = await nearestExisting(data);
  const probed = await probe(existing);
  if (probed === null) {
    const mend = `let this user write there, or choose another directory with --data`;
    return [broken('data', `${existing} is not writable`, mend)];
  }
  const place = existing === data ? `${data} is writable` : `${data} will be created`;
  return [
    fine('data', place),
    await checkSpace(existing),
    checkClock(probed),
    ...(kind === 'agent' ? [] : [await checkToken(data)]),
    ...(kind === 'server' ? [await checkStore(data)] : []),
  ];
}

async function checkSpace(directory: string): Promise<Finding> {
  const { bavail, bsize, type } = await statfs(directory);
  const network = networkFileSystems.get(type);
  if (network !== undefined)
    return broken('disk', `${directory} is on ${network}`, 'put the data on a disk of this machine');
  const free = bavail * bsize;
  const says = `${Math.floor(free / mebibyte)} MiB are free`;
  const mend = 'make room, or shorten "retention" in the configuration';
  if (free < tooLittleBytes) return broken('disk', says, mend);
  return free < scarceBytes ? warning('disk', says, mend) : fine('disk', says);
}

function checkClock({ before, written, after }: Probe): Finding {
  const off = Math.max(before - written, written - after, 0);
  return off > clockToleranceMs
    ? warning(
        'clock',
        `the file system's clock is ${duration(off)} off this machine's`,
        'let both keep time by NTP: schedules, leases and tokens depend on it',
      )
    : fine('clock', 'agrees with the file system');
}

async function checkToken(data: string): Promise<Finding> {
  const file = join(data, 'admin-token');
  const found = await stat(file).catch(() => null);
  if (found === null) return info('admin token', 'none yet: the first start makes one');
  const mode = found.mode & 0o777;
  return (mode & 0o077) === 0
    ? fine('admin token', 'only its owner can read it')
    : broken('admin token', `${file} has mode ${mode.toString(8)}: others can read it`, `chmod 600 ${file}`);
}

async function checkStore(data: string): Promise<Finding> {
  // Loaded where it is needed: it brings SQLite along.
  const { lookIntoDirectory } = await import('../../store/sqlite/look-through.ts');
  try {
    return lookIntoDirectory(data)
      ? fine('store', 'its pages are sound')
      : info('store', 'none yet: the first start makes one');
  } catch (error) {
    const { message } = SignalboxError.from(error);
    const [says = message, ...mend] = message.split(': ');
    return broken('store', says, mend.join(': '));
  }
}

interface Probe {
  readonly before: number;
  readonly written: number;
  readonly after: number;
}

/** Writes and removes a file: the only honest test. Null when that fails. */
async function probe(directory: string): Promise<Probe | null> {
  const file = join(directory, `.signalbox-doctor-${randomUUID()}`);
  try {
    const before = Date.now();
    await writeFile(file, 'probe', { flag: 'wx', mode: 0o600 });
    const { mtimeMs } = await stat(file);
    return { before, written: mtimeMs, after: Date.now() };
  } catch {
    return null;
  } finally {
    await rm(file, { force: true }).catch(() => {});
  }
}

async function nearestExisting(path: string): Promise<string> {
  const found = await stat(path).catch(() => null);
  return found !== null || dirname(path) === path ? path : nearestExisting(dirname(path));
}
