import type { RunId } from '../../domain/id.ts';
import type { Remote } from './remote.ts';
import { type Ended, runProgram } from './run-program.ts';

/** Where git talks to, if anywhere, and how it proves who it is there. */
export interface GitContact {
  readonly remote: Remote;
  /** A program that answers git's questions for credentials from the environment; null when there are none. */
  readonly askpass: string | null;
}

/** Options by which git's commands ask the remote in its own way. */
export const askedBy = ({ remote }: GitContact): readonly string[] =>
  remote.uploadPack === null ? [] : [`--upload-pack=${remote.uploadPack}`];

/** Runs git with arguments in a directory, hardened; `contact` null: without any transport. */
export type Git = (
  args: readonly string[],
  where: { readonly directory: string; readonly contact: GitContact | null },
  signal: AbortSignal,
) => Promise<Ended>;

/** What git must do and not do, whatever the repository, its attributes or this machine's own configuration say. */
const settings: readonly string[] = [
  'core.hooksPath=/dev/null',
  'core.fsmonitor=false',
  'core.attributesFile=/dev/null',
  'core.excludesFile=/dev/null',
  'core.protectNTFS=true',
  'core.protectHFS=true',
  'credential.helper=',
  'submodule.recurse=false',
  'fetch.recurseSubmodules=false',
  'transfer.fsckObjects=true',
  // Harmless faults of tools of long ago, which many old histories have.
  'fetch.fsck.missingSpaceBeforeDate=ignore',
  'fetch.fsck.badTimezone=ignore',
  'fetch.fsck.zeroPaddedFilemode=ignore',
  'protocol.version=2',
  // A redirect could lead to a host that nobody checked.
  'http.followRedirects=false',
  // Below 1 kB/s for 30 s counts as hanging.
  'http.lowSpeedLimit=1000',
  'http.lowSpeedTime=30',
  // Packing in the background would outlive the command and the lock.
  'gc.autoDetach=false',
  'advice.detachedHead=false',
];

export function createGit(options: {
  /** Where git, ssh and sh are found. */
  readonly path: string;
  /** Repositories around this directory are not looked at. */
  readonly ceiling: string;
  readonly timeoutMs: number;
  /** Whose git it is: by this it is found when the server that started it was killed. Null: nobody's. */
  readonly run: RunId | null;
}): Git {
  const { path, ceiling, timeoutMs, run } = options;
  return (args, { directory, contact }, signal) => {
    const pinned = contact === null ? [] : pinHttp(contact.remote);
    const configured = [...settings, ...pinned].flatMap(setting => ['-c', setting]);
    const env = {
      PATH: path,
      HOME: '/dev/null',
      ...(run === null ? {} : { SIGNALBOX_RUN_ID: run }),
      LC_ALL: 'C', // its messages are read by `failure.ts`
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_CONFIG_GLOBAL: '/dev/null',
      GIT_ATTR_NOSYSTEM: '1',
      GIT_CEILING_DIRECTORIES: ceiling,
      GIT_TERMINAL_PROMPT: '0',
      GIT_PROTOCOL_FROM_USER: '0',
      GIT_LFS_SKIP_SMUDGE: '1',
      GIT_NO_LAZY_FETCH: '1',
      ...(contact === null ? { GIT_ALLOW_PROTOCOL: 'none' } : contactEnv(contact)),
    };
    return runProgram({ name: 'git', args: [...configured, ...args], directory, env, timeoutMs }, signal);
  };
}

function contactEnv({ remote, askpass }: GitContact): Record<string, string> {
  return {
    GIT_ALLOW_PROTOCOL: remote.scheme,
    ...(remote.scheme === 'ssh' ? { GIT_SSH_COMMAND: sshCommand(remote), GIT_SSH_VARIANT: 'ssh' } : {}),
    ...(remote.credentials === null || askpass === null
      ? {}
      : {
          GIT_ASKPASS: askpass,
          SIGNALBOX_GIT_USERNAME: remote.credentials.username,
          SIGNALBOX_GIT_PASSWORD: remote.credentials.password,
        }),
  };
}

/** Answers git's two questions; the credentials are in git's environment alone. */
export const askpassScript = `#!/bin/sh
case $1 in
  Username*) printf '%s\\n' "$SIGNALBOX_GIT_USERNAME" ;;
  *) printf '%s\\n' "$SIGNALBOX_GIT_PASSWORD" ;;
esac
`;

function pinHttp({ scheme, pin }: GitContact['remote']): string[] {
  if (pin === null || (scheme !== 'https' && scheme !== 'http')) return [];
  const addresses = pin.addresses.map(address => (address.includes(':') ? `[${address}]` : address));
  return [`http.curloptResolve=${pin.host}:${pin.port}:${addresses.join(',')}`];
}

/** Keys and known hosts are those of the user that runs signalbox. The host was checked to be free of shell characters. */
function sshCommand({ pin }: GitContact['remote']): string {
  const options = ['BatchMode=yes', 'ConnectTimeout=15', 'ServerAliveInterval=15', 'ServerAliveCountMax=2'];
  if (pin !== null) {
    const known = pin.port === '22' ? pin.host : `[${pin.host}]:${pin.port}`;
    options.push(`HostName=${pin.addresses[0]}`, `HostKeyAlias=${known}`);
  }
  return `ssh ${options.map(option => `-o '${option}'`).join(' ')}`;
}
