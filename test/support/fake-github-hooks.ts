import { randomUUID } from 'node:crypto';
import { type AnswerQuestion, Refusal } from './fake-forge.ts';
import { githubRequest } from './github-payloads.ts';

/** A webhook, and what it has tried to deliver. */
export interface FakeHook {
  readonly id: number;
  /** Sends a delivery, signed, to where the hook leads, and records how that went. Returns its GUID. */
  send(
    event: string,
    payload: object,
    options: { readonly secret: string; readonly guid?: string; readonly at?: number },
  ): Promise<string>;
  /** Records a delivery as if it had been sent and answered so. */
  record(
    event: string,
    payload: object,
    options?: { readonly status?: number; readonly guid?: string; readonly at?: number },
  ): string;
}

export interface FakeHooks {
  /** Makes a webhook of `/repos/acme/app` or `/orgs/acme` that leads to an address. */
  add(place: string, url: string): FakeHook;
  /** The paths that were asked for, in order, without what follows a `?`. */
  readonly asked: readonly string[];
  /** At most so many deliveries stand on one page. */
  pageSize: number;
  /** Which deliveries are listed, and answered 502 when somebody asks for them. */
  withholds: (guid: string) => boolean;
  /** What the API answers; null: it has no such thing. */
  answer(path: string, query: URLSearchParams): ReturnType<AnswerQuestion>;
}

interface Tried {
  readonly id: number;
  readonly guid: string;
  readonly delivered_at: string;
  readonly redelivery: boolean;
  readonly duration: number;
  readonly status: string;
  readonly status_code: number;
  readonly event: string;
  readonly action: string | null;
  readonly installation_id: null;
  readonly repository_id: number | null;
  readonly url: string;
  readonly request: { readonly headers: Readonly<Record<string, string>>; readonly payload: object };
  readonly response: { readonly headers: object; readonly payload: string };
}

/** GitHub's webhooks with their deliveries, as its documentation shows them. */
export function createFakeHooks(): FakeHooks {
  const hooks: {
    readonly id: number;
    readonly place: string;
    readonly url: string;
    readonly tried: Tried[];
  }[] = [];
  const asked: string[] = [];
  /** As long as those that a number would soon round. */
  let lastDelivery = 9_007_199_254_740_000;

  function add(place: string, url: string): FakeHook {
    const hook = { id: 900_000 + hooks.length, place, url, tried: [] as Tried[] };
    hooks.push(hook);

    const record: FakeHook['record'] = (event, payload, { status = 502, guid = randomUUID(), at } = {}) => {
      const { body, headers } = githubRequest(event, payload, 'a secret that GitHub knows', guid);
      hook.tried.unshift({
        id: (lastDelivery += 1),
        guid,
        delivered_at: new Date(at ?? Date.now()).toISOString().replace(/\.\d+Z$/, 'Z'),
        redelivery: hook.tried.some(tried => tried.guid === guid),
        duration: 0.03,
        status: status < 300 ? 'OK' : 'failed to connect to host',
        status_code: status,
        event,
        action: 'action' in payload ? String(payload.action) : null,
        installation_id: null,
        repository_id: null,
        url,
        request: {
          headers: { Accept: '*/*', 'X-GitHub-Hook-ID': String(hook.id), ...headers },
          payload: JSON.parse(body),
        },
        response: { headers: {}, payload: '' },
      });
      return guid;
    };

    return {
      id: hook.id,
      record,
      async send(event, payload, { secret, guid = randomUUID(), at }) {
        const status = await fetch(url, {
          method: 'POST',
          ...githubRequest(event, payload, secret, guid),
        }).then(
          async response => {
            await response.arrayBuffer();
            return response.status;
          },
          () => 502,
        );
        return record(event, payload, { status, guid, ...(at === undefined ? {} : { at }) });
      },
    };
  }

  function answer(path: string, query: URLSearchParams): ReturnType<AnswerQuestion> {
    asked.push(path);
    const [, place = '', id, list, one] =
      /^(\/(?:repos\/[^/]+\/[^/]+|orgs\/[^/]+))\/hooks(?:\/(\d+)(\/deliveries)(?:\/(\d+))?)?$/.exec(path) ??
      [];
    const here = hooks.filter(hook => hook.place === place);
    if (here.length === 0) return null;
    if (id === undefined)
      return {
        json: here.map(hook => ({
          type: 'Repository',
          id: hook.id,
          name: 'web',
          active: true,
          events: ['push', 'pull_request'],
          config: { content_type: 'json', insecure_ssl: '0', url: hook.url, secret: '********' },
        })),
      };
    const hook = here.find(each => String(each.id) === id);
    if (hook === undefined || list === undefined) return null;
    if (one !== undefined) {
      const tried = hook.tried.find(each => String(each.id) === one);
      if (tried !== undefined && fake.withholds(tried.guid)) throw new Refusal(502, 'Server Error');
      return tried === undefined ? null : { json: tried };
    }
    return page(hook.tried, path, query);
  }

  function page(tried: readonly Tried[], path: string, query: URLSearchParams) {
    const cursor = query.get('cursor');
    const from = cursor === null ? 0 : tried.findIndex(each => `v1_${each.id}` === cursor);
    const size = Math.min(fake.pageSize, Number(query.get('per_page') ?? 30));
    const next = tried[from + size];
    const link = `<http://api.test${path}?per_page=${size}&cursor=v1_${next?.id}>; rel="next"`;
    return {
      json: tried
        .slice(from, from + size)
        .map(({ url: _url, request: _request, response: _response, ...listed }) => listed),
      headers: next === undefined ? {} : { link },
    };
  }

  const fake: FakeHooks = { add, asked, pageSize: 100, withholds: () => false, answer };
  return fake;
}
