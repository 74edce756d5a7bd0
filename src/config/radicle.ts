import { join } from 'node:path';
import { resolvePath, type Surroundings } from '../lib/references.ts';
import type { RadicleConfig } from './config.ts';
import type { WrittenRadicle } from './schema-radicle.ts';

/** The section as the program uses it. */
export function compileRadicle(written: WrittenRadicle, from: Surroundings): RadicleConfig {
  const home = resolvePath(written.home ?? (from.env['RAD_HOME'] || '~/.radicle'), from);
  const socket = written.socket || from.env['RAD_SOCKET'];
  return {
    home,
    socket: socket ? resolvePath(socket, from) : join(home, 'node', 'control.sock'),
    reconcileMs: written.reconcile,
    firstSeen: written.firstSeen,
    files: [],
    passphrase: written.passphrase ?? null,
  };
}
