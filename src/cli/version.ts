import { readFileSync } from 'node:fs';
import { SignalboxError } from '../domain/errors.ts';

/** The package's version. */
export const version: string = readVersion();

function readVersion(): string {
  // Two folders up from the sources and from the built files alike.
  const found: unknown = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
  if (typeof found === 'object' && found !== null && 'version' in found && typeof found.version === 'string')
    return found.version;
  throw new SignalboxError('corrupt', 'package.json names no version: install signalbox again');
}
