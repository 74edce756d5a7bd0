import { createAdminDoor } from './admin/door.ts';
import type { ApiNeeds } from './api/needs.ts';
import { createExpiringSecrets } from './auth/expiring-secrets.ts';
import { hashSecret } from './auth/secret.ts';
import { createThrottle } from './auth/throttle.ts';
import type { DoorLimits } from './door-limits.ts';
import { addListenerDoor } from './lightspeed/door.ts';
import { type Listening, listen, type Place } from './listen.ts';
import type { ServerNeeds } from './needs.ts';
import { createProbe, type Probe } from './probe.ts';
import { createPublicDoor } from './public/door.ts';
import { createFeedFrames } from './stream/feed-frames.ts';

/** Long enough to copy a link from a terminal to a browser. */
const signInLink = { kind: 'link', lifeMs: 5 * 60_000, most: 100 } as const;
/** A working day. */
const session = { kind: 'session', lifeMs: 12 * 3_600_000, most: 1_000 } as const;

interface DoorPlace extends Place {
  /** Where others reach it when a proxy stands before it. */
  readonly url: string | undefined;
}

/** A door that somebody else has opened, and looks after. */
interface OtherDoor {
  readonly openedAt: string;
}

export interface DoorsOptions {
  readonly public: DoorPlace | OtherDoor;
  /** Null: there is no admin door. */
  readonly admin: DoorPlace | null;
  readonly adminToken: string;
  readonly bodyLimitBytes: number;
  /** Where the built web UI is; undefined when there is none. */
  readonly uiDirectory: string | undefined;
  readonly limits: DoorLimits;
}

/** Both doors, open. Disposing them ends streams, lets deliveries under way finish, and closes. */
export interface Doors extends AsyncDisposable {
  /** Where each listens, as this machine reaches it. */
  readonly publicUrl: string;
  readonly adminUrl: string | null;
}

/** Opens the admin door, if any, and then the public one: nothing is taken in before it can be looked at. */
export async function openDoors(needs: ServerNeeds, options: DoorsOptions): Promise<Doors> {
  await using opening = new AsyncDisposableStack();
  const probe = createProbe(needs);
  let publicUrl: string | null = null;
  const admin =
    options.admin === null
      ? null
      : opening.use(await openAdmin({ ...needs, publicUrl: () => publicUrl }, probe, options, options.admin));
  const adminUrl = options.admin?.url ?? admin?.url ?? '';
  const place = options.public;
  const publicDoor = opening.use(
    'openedAt' in place
      ? { url: place.openedAt, [Symbol.asyncDispose]: () => Promise.resolve() }
      : await openPublic({ ...needs, runUrl: run => `${adminUrl}/api/runs/${run}` }, probe, options, place),
  );
  publicUrl = ('url' in place ? place.url : undefined) ?? publicDoor.url;
  opening.move();
  return {
    publicUrl: publicDoor.url,
    adminUrl: admin?.url ?? null,
    [Symbol.asyncDispose]: async () => {
      await Promise.all([publicDoor[Symbol.asyncDispose](), admin?.[Symbol.asyncDispose]()]);
    },
  };
}

async function openPublic(
  needs: ServerNeeds & Parameters<typeof createPublicDoor>[0],
  probe: Probe,
  { adminToken, bodyLimitBytes, limits }: DoorsOptions,
  place: DoorPlace,
): Promise<Listening> {
  const closing = new AbortController();
  const app = createPublicDoor(needs, probe, { bodyLimitBytes, limits, closing: closing.signal });
  if (needs.registry !== null)
    await addListenerDoor(app, {
      ...needs,
      throttle: createThrottle(needs),
      adminTokenHash: hashSecret(adminToken),
      // Nobody signs in here: there are no pages.
      sessions: { tokenOf: async () => undefined },
      adminUrl: () => '',
    });
  const door = await listen(app, place, limits.closeMs);
  return {
    url: door.url,
    [Symbol.asyncDispose]: () => {
      closing.abort();
      return door[Symbol.asyncDispose]();
    },
  };
}

async function openAdmin(
  needs: ServerNeeds & Pick<ApiNeeds, 'publicUrl'>,
  probe: Probe,
  { adminToken, limits, uiDirectory }: DoorsOptions,
  place: DoorPlace,
): Promise<Listening> {
  const closing = new AbortController();
  let url = place.url ?? '';
  const feedFrames = createFeedFrames(needs);
  const all = {
    ...needs,
    feedFrames,
    signInLinks: createExpiringSecrets(needs, signInLink),
    sessions: createExpiringSecrets(needs, session),
    throttle: createThrottle(needs),
    adminTokenHash: hashSecret(adminToken),
    adminUrl: () => url,
  };
  const app = await createAdminDoor(all, probe, { limits, uiDirectory, closing: closing.signal });
  const door = await listen(app, place, limits.closeMs);
  url ||= door.url;
  return {
    url: door.url,
    [Symbol.asyncDispose]: async () => {
      closing.abort();
      await door[Symbol.asyncDispose]();
      await feedFrames[Symbol.asyncDispose]();
    },
  };
}
