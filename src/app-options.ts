import type { Onlooker } from './app-onlooker.ts';
import type { Config } from './config/config.ts';
import type { Hook } from './sources/hooks/hook.ts';
import type { ServeNeeds } from './sources/hooks/serve-hooks.ts';

/** All that a house is built from, beside what it finds in its data directory. */
export interface AppOptions {
  readonly config: Config;
  /** Reads the configuration again; throws `invalid`, naming all that is wrong, when it is broken. */
  readonly readConfig: () => Promise<Config>;
  /** Where the program was started: hooks files name what they run from there. Absolute. */
  readonly cwd: string;
  /** The program's own environment: what references in hooks files mean. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** What of this machine's environment every job may see. */
  readonly jobEnvironment: Readonly<Record<string, string>>;
  /** Takes the log: JSON lines, one or several at a time. */
  readonly writeLog: (lines: string) => void;
  /**
   * The hooks of somebody who has a door of their own, at this address, and hands on what comes in there: see `acceptHook`.
   * There is no public door then.
   */
  readonly hooks?: { readonly url: string; readonly inForce: () => readonly Hook[] } | undefined;
  /** Hears what jobs do. */
  readonly onlooker?: Onlooker | undefined;
  /** False: nobody can look at what happens, nor act on it. */
  readonly hasAdminDoor?: boolean | undefined;
  /** False: the Radicle node is not listened to. */
  readonly watchesNode?: boolean | undefined;
  /** False: runs wait for the next start. */
  readonly takesRuns?: boolean | undefined;
  readonly version: string;
  /** The built web UI; undefined when there is none. */
  readonly uiDirectory: string | undefined;
  /** `drain`: start nothing new, close after what runs has ended. `abandon`: end what runs as well. */
  readonly life: { readonly drain: AbortSignal; readonly abandon: AbortSignal };
}

/** A house whose doors are open. It closes when `life.drain` aborts. */
export interface App {
  readonly publicUrl: string;
  /** Null when there is no admin door. */
  readonly adminUrl: string | null;
  readonly adminToken: string;
  /** Takes what a hook has decided about a request. */
  readonly acceptHook: ServeNeeds['accept'];
  /**
   * Puts the configuration that is on disk now in force, whole or not at all; throws `invalid` when it is broken.
   * Resolves to the keys whose change counts after a restart only.
   */
  reload(): Promise<readonly string[]>;
  /** Resolves when everything has drained and is closed. */
  readonly closed: Promise<void>;
}
