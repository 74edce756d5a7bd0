import { createHmac, randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSystemClock } from '../../../src/clock/system.ts';
import type { HttpSource } from '../../../src/contracts/source.ts';
import type { Store } from '../../../src/contracts/store.ts';
import type { ControlEnd } from '../../../src/contracts/transport.ts';
import { header } from '../../../src/domain/delivery.ts';
import { SignalboxError } from '../../../src/domain/errors.ts';
import { blankEvent, type NewEvent } from '../../../src/domain/event.ts';
import type { RunId } from '../../../src/domain/id.ts';
import type { Rule } from '../../../src/domain/rule.ts';
import { createEnds } from '../../../src/engine/ends.ts';
import type { Note } from '../../../src/engine/journal.ts';
import { createQueueGauge } from '../../../src/engine/queue-gauge.ts';
import { createRecorder } from '../../../src/engine/record.ts';
import { createMatchers } from '../../../src/matchers/matchers.ts';
import { ensureAdminToken } from '../../../src/server/auth/admin-token.ts';
import { type DoorLimits, doorLimits } from '../../../src/server/door-limits.ts';
import { openDoors } from '../../../src/server/doors.ts';
import { createMetrics } from '../../../src/server/metrics.ts';
import type { SpindleHosting } from '../../../src/server/spindle/hosting.ts';
import type { SpindleIdentity } from '../../../src/server/spindle/identity.ts';
import { openSqliteStore } from '../../../src/store/sqlite/store.ts';
import { createEmbeddedTransport } from '../../../src/transport/embedded.ts';

/** For the tests of this room: both doors over a real store and transport, with one small source at `/test`. */
export interface House extends AsyncDisposable {
  readonly publicUrl: string;
  /** Empty without an admin door. */
  readonly adminUrl: string;
  readonly token: string;
  /** Its data directory. */
  readonly directory: string;
  readonly store: Store;
  readonly control: ControlEnd;
  /** Everything the house has noted. */
  readonly notes: Note[];
  /** The answers to agents: claims and news. */
  readonly recorder: ReturnType<typeof createRecorder>;
  rules: readonly Rule[];
  /** Posts a signed delivery. */
  deliver(event: Partial<NewEvent>, headers?: Record<string, string>): Promise<Response>;
  /** Calls the admin door with the admin token; a body is sent as JSON. */
  api(
    path: string,
    init?: { method?: string; body?: unknown; headers?: Record<string, string> },
  ): Promise<Response>;
  /** Takes a run that is queued as an agent would. */
  claim(run: RunId): Promise<void>;
  finish(run: RunId, exitCode: number): Promise<void>;
}

const secret = 'the secret of the test source';
export const sign = (body: string | Uint8Array): string =>
  createHmac('sha256', secret).update(body).digest('hex');

export async function openHouse(
  options: {
    readonly limits?: Partial<DoorLimits>;
    readonly bodyLimitBytes?: number;
    readonly queueLimit?: number;
    readonly rules?: readonly Rule[];
    readonly uiDirectory?: string;
    readonly adminUrl?: string;
    readonly badges?: 'signed-in' | 'anyone';
    readonly publicPort?: number;
    readonly admin?: false;
    readonly spindle?: SpindleIdentity;
    readonly hosting?: (store: Store) => SpindleHosting;
    /** One that is there already, and stays. */
    readonly directory?: string;
  } = {},
): Promise<House> {
  await using stack = new AsyncDisposableStack();
  const directory = options.directory ?? (await mkdtemp(join(tmpdir(), 'signalbox-doors-')));
  if (options.directory === undefined) stack.defer(() => rm(directory, { recursive: true, force: true }));
  const store = stack.use(await openSqliteStore({ directory }));
  const hosting = options.hosting?.(store) ?? null;
  const { control } = stack.use(createEmbeddedTransport());
  const clock = createSystemClock();
  const notes: Note[] = [];
  const journal = { note: (note: Note) => void notes.push(note) };
  const queue = createQueueGauge({ store, clock }, options.queueLimit ?? 1000, false);
  const recorder = createRecorder({
    ends: createEnds(),
    store,
    control,
    clock,
    journal,
    secrets: () => ({}),
    repoSecrets: async () => ({}),
    tokenFor: () => null,
    leaseMs: 30_000,
  });
  const token = await ensureAdminToken(directory);
  const configState = () => ({ file: null, loadedAt: clock.now(), error: null, needsRestart: [] });
  const metrics = createMetrics({ store, clock, version: '1.2.3', configState });
  const house = { rules: options.rules ?? [commandRule('unit')] };
  const doors = stack.use(
    await openDoors(
      {
        store,
        control,
        clock,
        journal,
        queue,
        configState,
        settings: () => ({
          limits: { bodyBytes: 1, queue: 2, logBytes: 3, runs: 4, leaseMs: 5 },
          retention: { eventsMs: 6, deliveryIdsMs: 7, logsMs: 8, logsTotalBytes: 9 },
          badges: options.badges ?? 'signed-in',
        }),
        catchUps: () => ({}),
        streams: () => ({}),
        look: () => {},
        matchers: createMatchers(),
        rules: () => house.rules,
        serveHooks: () => null,
        lightspeed: () => null,
        registry: null,
        spindle: () => options.spindle ?? null,
        hosting: () => hosting,
        sources: () => [testSource],
        version: '1.2.3',
        startedAt: clock.now(),
        agents: () => [
          {
            name: 'local',
            pools: ['local'],
            slots: 2,
            version: '1.2.3',
            capabilities: { os: 'linux', arch: 'x64', node: 'v24.0.0', tools: ['git'], isolation: true },
            state: 'online',
            lastSeenAt: clock.now(),
          },
        ],
        reload: async () => undefined,
        parseRules,
        ruleText: name => (house.rules.some(rule => rule.name === name) ? `- name: ${name}\n` : null),
        renderMetrics: () => metrics.render({ control, agents: () => [] }),
      },
      {
        public: { host: '127.0.0.1', port: options.publicPort ?? 0, url: undefined },
        admin: options.admin === false ? null : { host: '127.0.0.1', port: 0, url: options.adminUrl },
        adminToken: token,
        bodyLimitBytes: options.bodyLimitBytes ?? 1024 * 1024,
        uiDirectory: options.uiDirectory,
        limits: { ...doorLimits, ...options.limits },
      },
    ),
  );
  const { publicUrl, adminUrl } = { ...doors, adminUrl: doors.adminUrl ?? '' };
  const open = stack.move();
  return Object.assign(house, {
    publicUrl,
    adminUrl,
    token,
    directory,
    store,
    control,
    notes,
    recorder,
    deliver: (event: Partial<NewEvent>, headers: Record<string, string> = {}) => {
      const body = JSON.stringify({ deliveryId: randomUUID(), ...event });
      return fetch(`${publicUrl}/test`, {
        method: 'POST',
        body,
        headers: { 'x-signature': sign(body), ...headers },
      });
    },
    api: (path: string, { method, body, headers }: Parameters<House['api']>[1] = {}) =>
      fetch(adminUrl + path, {
        method: method ?? (body === undefined ? 'GET' : 'POST'),
        redirect: 'manual',
        body: body === undefined ? null : JSON.stringify(body),
        headers: {
          authorization: `Bearer ${token}`,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...headers,
        },
      }),
    claim: async (run: RunId) => void (await recorder.claim('local', run, 'a claim')),
    finish: (run: RunId, exitCode: number) => {
      const ending = { outcome: exitCode === 0 ? 'success' : 'failure', exitCode, reason: null } as const;
      return recorder.news('local', {
        kind: 'news',
        run,
        news: { kind: 'finished', attempt: 1, at: clock.now(), ending },
      });
    },
    [Symbol.asyncDispose]: () => open.disposeAsync(),
  });
}

/** Signed JSON in the shape of an event. */
const testSource: HttpSource = {
  kind: 'http',
  name: 'test',
  path: '/test',
  secretHeaders: [],
  speech: null,
  stored: null,
  receive: delivery => {
    const refuse = (status: number, reason: string) =>
      ({
        result: 'rejected',
        status,
        reason,
        authentication: { result: 'refused', by: 'hmac', reason },
      }) as const;
    if (header(delivery, 'x-signature') !== sign(delivery.body)) return refuse(401, 'the signature is wrong');
    try {
      const given = JSON.parse(Buffer.from(delivery.body).toString()) as Partial<NewEvent>;
      const event = { ...blankEvent(given.type ?? 'push'), ...given };
      return {
        result: 'accepted',
        event,
        authentication: { result: 'verified', by: 'hmac', secret: '1 of 1' },
      };
    } catch {
      return refuse(400, 'the body is not JSON');
    }
  },
};

/** A rule that answers every push. */
export function commandRule(name: string, more: Partial<Rule> = {}): Rule {
  return {
    name,
    when: { kind: 'all', of: [{ kind: 'type', oneOf: ['push'] }] },
    action: { kind: 'command', command: { shell: 'true' } },
    repo: null,
    env: {},
    secrets: [],
    pool: 'local',
    timeoutMs: 60_000,
    retryLost: 0,
    keepLogMs: null,
    concurrency: null,
    trust: 'members',
    isolation: 'auto',
    report: [],
    schedule: null,
    ...more,
  };
}

/** Stands for the configuration's parser: a name per line. */
function parseRules(yaml: string): readonly Rule[] {
  if (yaml.includes('{')) throw new SignalboxError('invalid', 'rules.yaml:1:1: this is not a list of rules');
  return yaml.split('\n').map(name => commandRule(name));
}
