import { mkdirSync, realpathSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import type { Command } from '../launcher/job.ts';
import { resolveCommand } from '../launcher/resolve.ts';
import { furnish, parts } from './furnish.ts';
import { type Hidden, isWithin, temporary, unseenPlace } from './hidden.ts';
import { type FoundTools, findTools } from './tools.ts';
import { type Tried, tryOut, type Unusable, unusable } from './try-out.ts';
import { type Way, wayOf } from './way.ts';

export interface IsolationOptions {
  /** Where it is tried. For nothing else: it is emptied before, and removed afterwards. */
  readonly directory: string;
  /** Asked for each command. */
  readonly hidden: () => Hidden;
  /** What commands take over from this process's environment. Its HOME, TMPDIR and USER are replaced by their own. */
  readonly environment: Readonly<Record<string, string>>;
}

export type Enclosed =
  | { readonly result: 'enclosed'; readonly command: Command }
  /** This command cannot be isolated; one clause says why. */
  | { readonly result: 'refused'; readonly reason: string }
  | Unusable;

/** Keeps programs apart from this machine's processes, and from files that are not for them. */
export interface Isolation extends AsyncDisposable {
  /** Whether this machine can do that: found out by doing it, once. Never rejects. Disposing waits for it. */
  readonly tried: Promise<Tried>;
  /**
   * The command as it is to be started so that it sees its `home` (an absolute path; it works in there), and nothing of
   * what is hidden. `marks` are entries of its environment by which its processes are recognised.
   */
  enclose(command: Command, home: string, marks: Readonly<Record<string, string>>): Promise<Enclosed>;
}

/** Tries at once, in a process that ends soon. */
export function createIsolation({ directory, environment, ...options }: IsolationOptions): Isolation {
  const means = meansOf(environment['PATH'] ?? '');
  const tried = means.result === 'found' ? tryOut(directory, means.tools, means.way) : Promise.resolve(means);

  function hidden(): Hidden {
    const { directories, files } = options.hidden();
    // There, a session's own services listen, which start programs for whoever has the user's id.
    const session = `/run/user/${process.getuid?.()}`;
    return { directories: [...directories, session, ...registeredHome()], files };
  }

  /** What was taken over from this process's environment and would be wrong; what somebody chose stays. */
  function replaced({ env }: Command, home: string, { user }: Way): Readonly<Record<string, string>> {
    const own = Object.entries({
      HOME: join(home, parts.home),
      TMPDIR: temporary,
      ...(user === undefined ? {} : { USER: user.name }),
    });
    return Object.fromEntries(
      own.filter(([name]) => env[name] !== undefined && env[name] === environment[name]),
    );
  }

  return {
    tried,
    async enclose(command, home, marks) {
      const result = await tried;
      if (means.result === 'unusable') return means;
      if (result.result === 'unusable') return result;
      const { tools, way } = means;
      const reason = unseenProgram(command, home, hidden());
      if (reason !== undefined) return { result: 'refused', reason };
      for (const part of Object.values(parts)) mkdirSync(join(home, part), { recursive: true, mode: 0o700 });
      return {
        result: 'enclosed',
        command: {
          ...command,
          env: { ...command.env, ...replaced(command, home, way) },
          enclosure: {
            enter: way.enter,
            furnish: furnish(tools, way, home, hidden()),
            become: way.become,
            marks,
          },
        },
      };
    },
    [Symbol.asyncDispose]: async () => void (await tried),
  };
}

/** Where ssh and others look for keys, whatever HOME says. Some users, in containers mostly, are not registered. */
function registeredHome(): readonly string[] {
  try {
    return [userInfo().homedir];
  } catch {
    return [];
  }
}

type Means =
  | {
      readonly result: 'found';
      readonly tools: FoundTools;
      readonly way: Way;
    }
  | Unusable;

function meansOf(path: string): Means {
  const { getuid, getgid } = process;
  if (process.platform !== 'linux' || getuid === undefined || getgid === undefined)
    return unusable('only Linux has namespaces');
  const tools = findTools(path);
  return tools.result === 'missing'
    ? { result: 'unusable', reason: `${tools.name} was not found`, mend: 'install util-linux' }
    : { result: 'found', tools, way: wayOf(tools, { uid: getuid(), gid: getgid() }) };
}

/** Why an isolated command cannot be this one, which is there, but hidden. What is not there is told by who starts it. */
function unseenProgram(command: Command, home: string, hidden: Hidden): string | undefined {
  const resolved = resolveCommand(command);
  if (resolved.result === 'refused') return undefined;
  const file = realpathSync(resolved.file);
  const around = unseenPlace(file, hidden);
  return around === undefined || isWithin(file, realpathSync(home))
    ? undefined
    : `${resolved.file} lies in ${around}, which an isolated command does not see: install it elsewhere`;
}
