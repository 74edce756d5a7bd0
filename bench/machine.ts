import { accessSync, constants, statfsSync } from 'node:fs';
import { cpus, loadavg, release, totalmem } from 'node:os';
import { join } from 'node:path';

/** Where figures come from: without it they say nothing. */
export interface Machine {
  readonly processor: string;
  readonly cores: number;
  readonly memoryMb: number;
  readonly kernel: string;
  readonly node: string;
  /** Of the directory that everything is stored in; on `tmpfs` a sync costs nothing, and the figures are worth nothing. */
  readonly fileSystem: string;
  /** What else the machine did when the bench began. */
  readonly load: number;
}

const fileSystems: Readonly<Record<number, string>> = {
  0xef53: 'ext4',
  0x01021994: 'tmpfs',
  0x58465342: 'xfs',
  0x9123683e: 'btrfs',
  0x794c7630: 'overlay',
};

export function machine(directory: string): Machine {
  const [processor] = cpus();
  const { type } = statfsSync(directory);
  return {
    processor: processor?.model ?? 'unknown',
    cores: cpus().length,
    memoryMb: Math.round(totalmem() / 1024 / 1024),
    kernel: release(),
    node: process.version,
    fileSystem: fileSystems[type] ?? `0x${type.toString(16)}`,
    load: loadavg()[0] ?? Number.NaN,
  };
}

export function hasProgram(name: string): boolean {
  return (process.env['PATH'] ?? '').split(':').some(directory => {
    try {
      accessSync(join(directory, name), constants.X_OK);
      return true;
    } catch {
      // Not there.
      return false;
    }
  });
}
