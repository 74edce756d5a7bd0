/** What the server under fire is to do, and what may become of it. */
export interface CrashRule {
  readonly name: string;
  /** Pushes to these branches start it. */
  readonly branches: readonly string[];
  readonly job: string;
  readonly outcome: 'success' | 'failure';
  readonly retryLost: number;
  /** Its runs go one after the other, or the newest takes the place of the others. */
  readonly busy: 'queue' | 'cancel-older' | null;
}

/** One line per attempt, in one write: so it is whole or not there. */
export const effect = 'echo "$SIGNALBOX_RUN_ID $SIGNALBOX_ATTEMPT" >> "$EFFECTS"';
/** A rule for pushes to the branch of its name, and to `several`. */
export const crashRule = (changes: Partial<CrashRule> & Pick<CrashRule, 'name' | 'job'>): CrashRule => ({
  branches: [changes.name, 'several'],
  outcome: 'success',
  retryLost: 2,
  busy: null,
  ...changes,
});

export const crashRules: readonly CrashRule[] = [
  crashRule({ name: 'quick', job: effect }),
  crashRule({ name: 'slow', job: `${effect}; sleep 0.3; echo done`, retryLost: 5 }),
  crashRule({ name: 'loud', job: `seq -f 'line %g of a long story' 2000; ${effect}; seq 300 >&2` }),
  crashRule({ name: 'once', job: `${effect}; sleep 0.1`, retryLost: 0 }),
  crashRule({ name: 'failing', job: `${effect}; exit 3`, outcome: 'failure' }),
  // What it leaves in the background must not outlive it, nor the server.
  crashRule({ name: 'untidy', job: `setsid sleep 300 >/dev/null 2>&1 & ${effect}; sleep 0.4`, retryLost: 0 }),
  crashRule({ name: 'serial', job: `${effect}; sleep 0.05`, busy: 'queue', branches: ['serial'] }),
  crashRule({ name: 'newest', job: `${effect}; sleep 0.2`, busy: 'cancel-older', branches: ['newest'] }),
];

/** Where pushes go; nothing runs for the last one. */
export const branches: readonly string[] = [...crashRules.map(({ name }) => name), 'several', 'elsewhere'];

export const hookSecret = 'the secret of the webhook';
export const forgeToken = 'ghp_crash';
export const serverEnv: Readonly<Record<string, string>> = {
  HOOK_SECRET: hookSecret,
  GITHUB_TOKEN: forgeToken,
};
/** Runs can be told apart at the forge by the address of their page, which need not exist. */
export const pages = 'http://pages.invalid';
export const leaseMs = 2_000;

/** The configuration; every JSON text is YAML. */
export function crashConfig(
  where: { readonly forge: string; readonly effects: string },
  rules: readonly CrashRule[],
): string {
  return JSON.stringify({
    version: 1,
    data: './data',
    admin: { url: pages },
    sources: { github: { secret: '${env:HOOK_SECRET}', token: '${env:GITHUB_TOKEN}', api: where.forge } },
    git: { allowFile: true },
    limits: { runs: 4, lease: `${leaseMs}ms` },
    rules: rules.map(({ name, branches, job, retryLost, busy }) => ({
      name,
      on: 'push',
      branch: branches,
      run: job,
      env: { EFFECTS: where.effects },
      retry: { lost: retryLost },
      report: 'github',
      ...(busy === null ? {} : { concurrency: { group: '{rule}', limit: 1, busy } }),
    })),
  });
}
