import { openApp } from '../app.ts';
import type { App, AppOptions } from '../app-options.ts';
import { type Environment, jobEnvironment } from '../config/env.ts';
import { uiDirectory } from './ui-directory.ts';
import { version } from './version.ts';

/** Opens the house with what every way of serving has in common. */
export function openHouse(
  options: Pick<AppOptions, 'config' | 'readConfig' | 'writeLog' | 'life'> & {
    readonly env: Environment;
  } & Partial<
      Pick<
        AppOptions,
        'cwd' | 'hooks' | 'jobEnvironment' | 'onlooker' | 'hasAdminDoor' | 'watchesNode' | 'takesRuns'
      >
    >,
): Promise<App> {
  return openApp({
    cwd: process.cwd(),
    jobEnvironment: jobEnvironment(options.env),
    version,
    uiDirectory: uiDirectory(),
    ...options,
  });
}
