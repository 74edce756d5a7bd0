import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { arch, platform } from 'node:os';
import { delimiter, join } from 'node:path';
import type { Capabilities } from '../domain/agent.ts';
import type { Isolation } from '../lib/isolation/isolation.ts';

/** Programs that jobs often ask for. */
const tools = [
  'bash',
  'cargo',
  'dagger',
  'docker',
  'gcc',
  'git',
  'go',
  'java',
  'make',
  'nix',
  'node',
  'podman',
  'python3',
  'rad',
  'ruby',
];

/** What this machine can do, found out by looking. */
export async function capabilities(path: string, isolation: Pick<Isolation, 'tried'>): Promise<Capabilities> {
  const found = await Promise.all(tools.map(async tool => ((await isOnPath(tool, path)) ? [tool] : [])));
  const { result } = await isolation.tried;
  return {
    os: platform(),
    arch: arch(),
    node: process.version,
    tools: found.flat(),
    isolation: result === 'usable',
  };
}

async function isOnPath(tool: string, path: string): Promise<boolean> {
  for (const directory of path.split(delimiter).filter(Boolean)) {
    try {
      await access(join(directory, tool), constants.X_OK);
      return true;
    } catch {
      // Not there.
    }
  }
  return false;
}
