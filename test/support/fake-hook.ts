import { createHmac, timingSafeEqual } from 'node:crypto';
import { type FakeForge, Refusal, startFakeForge } from './fake-forge.ts';

export interface HookCall {
  readonly id: string;
  readonly message: {
    readonly type: string;
    readonly timestamp: string;
    readonly data: Readonly<Record<string, unknown>>;
  };
}

/** A receiver of Standard Webhooks: it takes what is signed with its secret (`token`) now, and nothing else. */
export function startFakeHook(): Promise<FakeForge<HookCall>> {
  const key = Buffer.from('a secret of thirty two bytes ok?');
  return startFakeForge<HookCall>({ base: '', token: `whsec_${key.toString('base64')}` }, request => {
    const header = (name: string) => String(request.headers[name] ?? '');
    const [id, seconds] = [header('webhook-id'), header('webhook-timestamp')];
    if (Math.abs(Date.now() / 1000 - Number(seconds)) > 300) throw new Refusal(401, 'too old');
    const signed = createHmac('sha256', key).update(`${id}.${seconds}.${request.body}`).digest();
    const isRight = header('webhook-signature')
      .split(' ')
      .map(part => Buffer.from(part.replace(/^v1,/, ''), 'base64'))
      .some(given => given.length === signed.length && timingSafeEqual(given, signed));
    if (!isRight) throw new Refusal(401, 'wrong signature');
    return { id, message: JSON.parse(request.body) };
  });
}
