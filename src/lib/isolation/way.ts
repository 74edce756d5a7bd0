import type { FoundTools } from './tools.ts';

/** One way to isolate a program. In each it has processes and mounts of its own, and no right over them. */
export interface Way {
  /** Starts a program, named behind these words, with the right to mount. */
  readonly enter: readonly string[];
  /** Shell commands that make the directory they stand in the program's own. */
  readonly own: readonly string[];
  /** Become the program that is named behind these words, without any right. */
  readonly become: readonly string[];
  /** Who the program is; undefined: who this process is. */
  readonly user: Nobody | undefined;
}

interface Nobody {
  readonly id: number;
  readonly name: string;
}

/** The user that every Linux keeps for those who are to own nothing. */
const nobody: Nobody = { id: 65_534, name: 'nobody' };

/** `--kill-child`: should the waiting unshare be killed, all of the namespace goes with it. */
const namespaces = ['--mount', '--pid', '--ipc', '--fork', '--kill-child', '--'];

/**
 * Root mounts by its own right, and gives the program to a user who has none. Anyone else gets the right to mount in a
 * user namespace, and leaves it for the program's sake by another one, in which it is who it was: from there, what the
 * first one mounted cannot be taken away.
 */
export function wayOf({ path }: FoundTools, self: { readonly uid: number; readonly gid: number }): Way {
  if (self.uid === 0)
    return {
      enter: [path('unshare'), ...namespaces],
      own: [`${path('chown')} -R -h ${nobody.id}:${nobody.id} .`],
      become: [
        path('setpriv'),
        `--reuid=${nobody.id}`,
        `--regid=${nobody.id}`,
        '--clear-groups',
        '--inh-caps=-all',
        '--ambient-caps=-all',
        '--bounding-set=-all',
        '--no-new-privs',
        '--',
      ],
      user: nobody,
    };
  return {
    enter: [path('unshare'), '--user', '--map-root-user', ...namespaces],
    own: [],
    become: [
      path('unshare'),
      '--user',
      `--map-user=${self.uid}`,
      `--map-group=${self.gid}`,
      '--',
      path('setpriv'),
      '--no-new-privs',
      '--',
    ],
    user: undefined,
  };
}
