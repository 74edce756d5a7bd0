import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ExecutionContext } from '../../contracts/executor.ts';
import { eventJson } from '../../domain/event-json.ts';
import type { Trigger } from '../../domain/trigger.ts';

/** The event for the functions, with the keys of pocketci and, as `event`, our own; and what was sent, as it was. */
export async function writeEvent(
  home: string,
  { event, vendor, type, filter, payload }: Trigger,
): Promise<{ readonly event: string; readonly payload: string }> {
  const told = {
    repository_name: event.repo?.name ?? '',
    payload,
    vendor,
    event_type: type,
    filter,
    event: eventJson(event),
  };
  return {
    event: await place(home, 'event-trigger.json', JSON.stringify(told)),
    payload: await place(home, 'payload.json', JSON.stringify(payload)),
  };
}

/** Writes a file beside the work tree; over nothing, and through no link, that is there already. */
export async function place(home: string, name: string, text: string): Promise<string> {
  const file = join(home, name);
  await writeFile(file, text, { mode: 0o600, flag: 'wx' });
  return file;
}

/** What functions of pocketci find in their environment: some variables of GitHub's own, which Dagger reads too. */
export function pocketciEnv(
  { event, type }: Trigger,
  payloadFile: string,
  env: ExecutionContext['env'],
): Readonly<Record<string, string>> {
  return {
    CI: 'pocketci',
    GITHUB_ACTIONS: 'true',
    GITHUB_SHA: env['SIGNALBOX_SHA'] ?? '',
    GITHUB_REF: event.patch === null ? (event.ref ?? '') : `refs/pull/${event.patch.number}/merge`,
    GITHUB_EVENT_NAME: type,
    GITHUB_EVENT_PATH: payloadFile,
  };
}
