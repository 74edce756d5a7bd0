import { z } from 'zod';
import { type FakeForge, Refusal, startFakeForge } from './fake-forge.ts';

export interface DiscordMessage {
  readonly content: string;
  readonly allowed_mentions: {
    readonly parse: readonly string[];
    readonly users: readonly string[];
    readonly roles: readonly string[];
  };
}

const message: z.ZodType<DiscordMessage> = z.strictObject({
  content: z.string().min(1).max(2000),
  allowed_mentions: z.strictObject({
    parse: z.array(z.enum(['everyone', 'users', 'roles'])),
    users: z.array(z.string().regex(/^\d+$/)).max(100),
    roles: z.array(z.string().regex(/^\d+$/)).max(100),
  }),
});

/** A webhook of a channel: it takes what Discord takes, and answers as that does, 204. `token` is the secret part of `webhook`. */
export async function startFakeDiscord(): Promise<FakeForge<DiscordMessage> & { readonly webhook: string }> {
  const token = 'the-token-of-the-channel';
  const fake = await startFakeForge<DiscordMessage>(
    { base: '/api/webhooks', token },
    ({ path, body }) => {
      if (path !== `/1234/${token}`) throw new Refusal(404, 'Unknown Webhook');
      const read = message.safeParse(JSON.parse(body));
      if (!read.success) throw new Refusal(400, 'Invalid Form Body');
      return read.data;
    },
    () => null,
    204,
  );
  return Object.assign(fake, { webhook: `${fake.url}/1234/${token}` });
}
