import type { Received } from '../../contracts/source.ts';
import { type Delivery, header } from '../../domain/delivery.ts';
import type { NewEvent } from '../../domain/event.ts';
import { readWebhook, type Webhooks } from '../forge/receive.ts';
import { gitea } from '../gitea/source.ts';
import { github } from '../github/source.ts';
import { translate as translateGithub } from '../github/translate.ts';
import { gitlab } from '../gitlab/source.ts';

/** The commit that a request of a forge tells of, with all that the forge says about it. */
export type Aim =
  | { readonly result: 'commit'; readonly event: NewEvent }
  /** There is none to check out; one clause says why. */
  | { readonly result: 'none'; readonly reason: string };

/** What a request tells of: a push, a tag or a patch, in the words of any forge. Whether it is true is for others to know. */
export function aimOf(delivery: Delivery): Aim {
  const received: Received = readWebhook(webhooksOf(delivery), delivery, {
    result: 'not required',
    reason: 'the hook asks',
  });
  if (received.result === 'rejected') return { result: 'none', reason: received.reason };
  const { event } = received;
  if (event.type === 'other')
    return { result: 'none', reason: `"${event.action ?? 'this'}" tells of no commit to check out` };
  if (event.action === 'deleted')
    return {
      result: 'none',
      reason: `${event.ref ?? 'the ref'} was deleted: there is no commit to check out`,
    };
  return { result: 'commit', event };
}

function webhooksOf(delivery: Delivery): Pick<Webhooks, 'translate' | 'deliveryId'> {
  // Gitea also sends GitHub's headers.
  if (header(delivery, 'x-gitea-event') || header(delivery, 'x-forgejo-event')) return gitea;
  if (header(delivery, 'x-gitlab-event')) return gitlab;
  const name = header(delivery, 'x-github-event') || 'push';
  return name === 'push' ? { ...github, ...plainPush } : github;
}

/** People make requests in the shape of GitHub's push themselves: what names the commit is enough. */
const plainPush: Pick<Webhooks, 'translate'> = {
  translate: (_, payload) => {
    const given = isObject(payload) ? payload : {};
    const repository = isObject(given['repository']) ? given['repository'] : {};
    const usual = { clone_url: `https://github.com/${String(repository['full_name'])}.git` };
    return translateGithub('push', {
      before: '0'.repeat(40),
      ...given,
      repository: { ...usual, ...repository },
    });
  },
};

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
