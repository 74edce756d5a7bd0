import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { githubRequest, push } from '../test/support/github-payloads.ts';

/** The secret that all contenders share with the sender. */
export const secret = 'the secret of the webhook';

/** A delivery as GitHub sends it, to be sent often: its body is in a file for the load generator. */
export interface Parcel {
  readonly file: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** GitHub's recorded push of 7.7 KB to a branch, signed with the secret or with a wrong one. */
export function pushRequest(to: {
  readonly branch: string;
  readonly signedWith: string;
}): ReturnType<typeof githubRequest> {
  const payload = push({ name: 'acme/widgets', ref: `refs/heads/${to.branch}` });
  return githubRequest('push', payload, to.signedWith);
}

/** The same, to be sent often. */
export function pushParcel(directory: string, to: Parameters<typeof pushRequest>[0]): Parcel {
  const { body, headers } = pushRequest(to);
  const file = join(directory, `push-${to.branch}-${to.signedWith.length}.json`);
  writeFileSync(file, body);
  return { file, headers };
}

/** The body of a call by hand: the smallest there is. */
export const emptyCall = '{}';

/** A call by hand, to be sent often. */
export function handParcel(directory: string, headers: Readonly<Record<string, string>>): Parcel {
  const file = join(directory, 'by-hand.json');
  writeFileSync(file, emptyCall);
  return { file, headers };
}
