import type { GithubApi } from './api.ts';
import { type Hook, type Listed, perPage, readHooks, readListed, readSent, type Sent } from './wire.ts';

/** A hundred deliveries in a list are about 30 KB, a hundred hooks a little more. */
const listBytes = 4 * 1024 * 1024;
/** GitHub allows 20 hooks for each event, so no more than a few pages. */
const mostHookPages = 10;

/** The webhooks of a place: `/repos/acme/app` or `/orgs/acme`. */
export async function hooksOf(api: GithubApi, place: string, signal: AbortSignal): Promise<readonly Hook[]> {
  const hooks: Hook[] = [];
  for (let page = 1; page <= mostHookPages; page++) {
    const path = `${place}/hooks`;
    const { json, next } = await api.get(`${path}?per_page=${perPage}&page=${page}`, listBytes, signal);
    hooks.push(...readHooks(json, path));
    if (next === null) break;
  }
  return hooks;
}

/** What a hook has tried to deliver, newest first, page by page; `hook` is its path. */
export async function* deliveriesOf(
  api: GithubApi,
  hook: string,
  signal: AbortSignal,
): AsyncGenerator<{ readonly deliveries: readonly Listed[]; readonly at: number }> {
  const path = `${hook}/deliveries`;
  for (let cursor: string | null = ''; cursor !== null; ) {
    const page: string = cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`;
    const { json, next, at } = await api.get(`${path}?per_page=${perPage}${page}`, listBytes, signal);
    yield { deliveries: readListed(json, path), at };
    cursor = next?.get('cursor') ?? null;
  }
}

/** What one try has sent; `path` is that of the try. */
export async function sentBy(
  api: GithubApi,
  path: string,
  mostBytes: number,
  signal: AbortSignal,
): Promise<Sent> {
  // It also tells what was answered.
  return readSent((await api.get(path, mostBytes + listBytes, signal)).json, path);
}
