import { delimiter } from 'node:path';

/** How `bin/signalbox` of a checkout hands on the PATH that it found, before it puts its own tools there. */
const handedOn = 'SIGNALBOX_USER_PATH';

/**
 * Gives the environment back the PATH of whoever started this program, so that jobs, git and `doctor` see that one.
 * Before it stands what a checkout needs to run, and what npm adds to whatever it starts.
 */
export function restoreUserPath(env: Record<string, string | undefined>): void {
  const path = env[handedOn] ?? env['PATH'];
  delete env[handedOn];
  if (path !== undefined) env['PATH'] = withoutNpm(path.split(delimiter)).join(delimiter);
}

/** What npm adds are all `node_modules/.bin` that there could be, and last of all its own `node-gyp-bin`. */
function withoutNpm(directories: readonly string[]): readonly string[] {
  const end = directories.findIndex(directory => !/[\\/]node_modules[\\/]\.bin$/.test(directory));
  return /[\\/]node-gyp-bin$/.test(directories[end] ?? '')
    ? withoutNpm(directories.slice(end + 1))
    : directories;
}
