import type { Config } from '../config/config.ts';
import type { Clock } from '../contracts/clock.ts';
import type { StreamSource, StreamState } from '../contracts/source.ts';
import type { Store } from '../contracts/store.ts';
import type { Journal } from '../engine/journal.ts';
import { repoOfRule } from '../engine/replay.ts';
import type { InForce } from '../in-force/in-force.ts';
import type { CatchUpState } from '../server/needs.ts';
import { createGithubCatchUp } from '../sources/github/catch-up/catch-up.ts';
import { createRadicleSource, type RadicleState } from '../sources/radicle/source.ts';
import { createScheduleSource } from '../sources/schedule.ts';
import { createTangledSource, type TangledSource } from '../sources/tangled/source.ts';
import type { ReadFolder } from '../sources/tangled/workflow-files.ts';

/** What the sources that watch something are made from. */
export interface WatcherNeeds {
  readonly config: Config;
  readonly present: Pick<InForce, 'rules' | 'githubCatchUp'>;
  readonly store: Store;
  readonly clock: Clock;
  readonly journal: Journal;
  /** Where programs are looked for. */
  readonly path: string;
  /** False: the Radicle node is asked when somebody wants it, and not listened to. */
  readonly watchesNode: boolean;
  /** How files of a commit are read. */
  readonly readFolder: ReadFolder;
}

/** The sources that watch something by themselves. */
export interface Watchers {
  readonly sources: readonly StreamSource[];
  /** How each looks for what it missed, by its name; null when it has nobody to ask. */
  readonly catchUps: () => Readonly<Record<string, CatchUpState | null>>;
  /** How the streams stand that each of them follows, by its name. */
  readonly streams: () => Readonly<Record<string, readonly StreamState[]>>;
  /** Null where this is no spindle. */
  readonly tangled: TangledSource | null;
  /** Has them look now. */
  readonly look: () => void;
}

export function createWatchers(needs: WatcherNeeds): Watchers {
  const { config, present, store, clock, journal } = needs;
  const troubleAt = (where: string) => (error: unknown) => journal.note({ kind: 'trouble', where, error });
  const schedule = createScheduleSource({
    rules: present.rules,
    timezone: config.schedule.timezone,
    clock,
    repoOf: rule => repoOfRule(needs, rule),
  });
  const catchUp = createGithubCatchUp({
    settings: present.githubCatchUp,
    store,
    clock,
    trouble: troubleAt('catching up with GitHub'),
  });
  const radicle =
    config.radicle &&
    createRadicleSource({
      ...config.radicle,
      path: needs.path,
      clock,
      trouble: troubleAt('watching the Radicle node'),
    });
  const tangled =
    config.tangled &&
    createTangledSource({
      settings: { ...config.tangled, allowsPrivateHosts: config.git.allowPrivateHosts },
      readFolder: needs.readFolder,
      clock,
      usedTokens: store,
      trouble: troubleAt('following Tangled'),
    });
  return {
    tangled,
    sources: [
      schedule,
      catchUp.source,
      ...(radicle === null || !needs.watchesNode ? [] : [radicle]),
      ...(tangled === null ? [] : [tangled]),
    ],
    catchUps: () => ({
      github: catchUp.state(),
      ...(radicle && { radicle: radicle.state() }),
      ...(tangled && { tangled: tangled.state() }),
    }),
    streams: () => ({
      ...(tangled && { tangled: tangled.streams() }),
      ...(radicle && needs.watchesNode && { radicle: [nodeStream(radicle.state())] }),
    }),
    look: () => {
      radicle?.reconcile();
      tangled?.reconcile();
    },
  };
}

/** What a node tells is a hint to look: how late it was, and what else it says, is of no interest. */
const nodeStream = ({ node }: RadicleState): StreamState => ({
  name: 'node',
  ...node,
  lagMs: null,
  lastEventAt: null,
  skipped: 0,
  strangers: 0,
});
