import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { quote } from '../launcher/script.ts';
import { furnishDevices } from './devices.ts';
import { alsoTemporary, closedDirectory, type Hidden, temporary, whatToHide } from './hidden.ts';
import type { FoundTools } from './tools.ts';
import type { Way } from './way.ts';

/** Directories within a program's home, made before it starts: its `$HOME`, and its `/tmp` with what is like it. */
export const parts: { readonly home: string; readonly temporary: string } = {
  home: 'home',
  temporary: 'tmp',
};

/** Nothing can be kept in it. */
const empty = '-o mode=755,size=64k,nosuid,nodev,noexec';

/**
 * Shell commands that turn a new mount namespace into the one that a program is to see: with a /tmp, a /dev and a /proc of
 * its own, and with its home where that was, but nothing of what is hidden around it.
 */
export function furnish(tools: FoundTools, way: Way, home: string, hidden: Hidden): readonly string[] {
  // A program that is somebody else by then must get as far as its home; who is closed out there has lost nothing.
  const closed = way.user === undefined ? undefined : closedDirectory(dirname(home));
  const { directories, files } = whatToHide({
    ...hidden,
    directories: [...hidden.directories, ...(closed === undefined ? [] : [closed])],
  });
  const mount = tools.path('mount');
  return [
    // From here on the home is reached as the working directory, whatever is mounted over its path.
    `cd ${quote(home)}`,
    ...way.own,
    ...furnishDevices(tools),
    `${mount} --bind ${quote(join(home, parts.temporary))} ${temporary}`,
    ...alsoTemporary.filter(place => existsSync(place)).map(place => `${mount} --bind ${temporary} ${place}`),
    ...directories.map(directory => `${mount} -t tmpfs ${empty} none ${quote(directory)}`),
    ...files.map(file => `${mount} --bind /dev/null ${quote(file)}`),
    `(umask 022;${tools.path('mkdir')} -p ${quote(home)})`,
    `${mount} --no-canonicalize --bind . ${quote(home)}`,
    `${mount} -t proc -o nosuid,nodev,noexec proc /proc`,
  ];
}
