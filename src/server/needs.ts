import type { HttpSource, StreamState } from '../contracts/source.ts';
import type { Store } from '../contracts/store.ts';
import type { ControlEnd } from '../contracts/transport.ts';
import type { AgentStanding } from '../domain/agent.ts';
import type { Rule } from '../domain/rule.ts';
import type { ControlNeeds } from '../engine/control.ts';
import type { FollowNeeds } from '../engine/feed.ts';
import type { IntakeNeeds } from '../engine/intake.ts';
import type { HttpHandler } from '../lib/go-http/message.ts';
import type { Listener } from './lightspeed/records.ts';
import type { Registry } from './lightspeed/registry.ts';
import type { SpindleHosting } from './spindle/hosting.ts';
import type { SpindleIdentity } from './spindle/identity.ts';

/** How the configuration stands. */
export interface ConfigState {
  /** Null when there is no file. */
  readonly file: string | null;
  /** When the configuration in force was read. */
  readonly loadedAt: number;
  /** Why the latest reload changed nothing; null when it did. */
  readonly error: string | null;
  /** Keys of the file that were changed since the start, and count after the next one only. */
  readonly needsRestart: readonly string[];
}

/** How the latest look for deliveries that never arrived went. */
export interface CatchUpState {
  /** When all was looked through last; null: not yet. Milliseconds since 1970. */
  readonly lastAt: number | null;
  /** What stands in the way, in sentences. */
  readonly problems: readonly string[];
}

/** Who may see badges: whoever has a token or a session, or anyone who reaches the admin door. */
export const badgeReaders = ['signed-in', 'anyone'] as const;

/** What the house keeps to, as it is in force. */
export interface Settings {
  readonly limits: {
    readonly bodyBytes: number;
    readonly queue: number;
    readonly logBytes: number;
    readonly runs: number;
    readonly leaseMs: number;
  };
  readonly retention: {
    readonly eventsMs: number;
    readonly deliveryIdsMs: number;
    readonly logsMs: number;
    readonly logsTotalBytes: number;
  };
  readonly badges: (typeof badgeReaders)[number];
}

/** All that both doors need. Each handler asks for its own small part. */
export interface ServerNeeds extends IntakeNeeds, ControlNeeds, FollowNeeds {
  readonly store: Omit<Store, typeof Symbol.asyncDispose>;
  readonly control: Pick<ControlEnd, 'hint' | 'onHint' | 'cancel' | 'drain' | 'link' | 'obstacle'>;
  readonly version: string;
  /** Milliseconds since 1970. */
  readonly startedAt: number;
  /** The sources in force now; asked at every delivery. */
  readonly sources: () => readonly HttpSource[];
  /** Who answers below `/hooks/`; null while nobody does. */
  readonly serveHooks: () => HttpHandler | null;
  /** Who this is for Tangled; null while it is no spindle. */
  readonly spindle: () => SpindleIdentity | null;
  /** What it does for its callers; null likewise. */
  readonly hosting: () => SpindleHosting | null;
  /** Lightspeed's listeners, where `/listeners` tells of them; null: nowhere. */
  readonly lightspeed: () => readonly Listener[] | null;
  /** Null where listeners do not register. */
  readonly registry: Registry | null;
  /** Who takes runs, as far as has been heard. */
  readonly agents: () => readonly AgentStanding[];
  /** Of each source that catches up with what it missed, by its name; null when it has nobody to ask. */
  readonly catchUps: () => Readonly<Record<string, CatchUpState | null>>;
  /** Of each source that follows streams, how they stand, by its name. */
  readonly streams: () => Readonly<Record<string, readonly StreamState[]>>;
  /** Has all sources that watch something look now. */
  readonly look: () => void;
  readonly configState: () => ConfigState;
  readonly settings: () => Settings;
  /** Reads the configuration again; throws `invalid`, and changes nothing, when it is broken. */
  readonly reload: () => Promise<void>;
  /** Rules written as in the configuration file; throws `invalid` with the place of the mistake. */
  readonly parseRules: (yaml: string) => readonly Rule[];
  /** A rule as the configuration file says it, as YAML; null when it does not. */
  readonly ruleText: (name: string) => string | null;
  /** All metrics as Prometheus reads them. */
  readonly renderMetrics: () => Promise<string>;
}
