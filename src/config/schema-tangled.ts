import { z } from 'zod';
import type { Concurrency } from '../domain/concurrency.ts';
import { busy, limit } from './schema-concurrency.ts';
import { duration, httpUrl } from './schema-parts.ts';

/** The section as it is written, each value read. */
export interface WrittenTangled {
  readonly hostname: string;
  readonly owner: string;
  readonly members: readonly string[];
  readonly knots: readonly string[];
  readonly plc: string;
  /** Undefined: the usual one, unless `dev`; empty: none. */
  readonly jetstream?: string | undefined;
  readonly reconcile: number;
  readonly timeout: number;
  readonly secretKey?: string | undefined;
  readonly concurrency?: Omit<Concurrency, 'group'> | undefined;
  readonly dev: boolean;
}

/** A host, with a port where it has one; what stands around it in an address is taken off. */
const host: z.ZodType<string> = z
  .string()
  .transform(text =>
    text
      .replace(/^(?:https?|wss?):\/\//, '')
      .replace(/\/+$/, '')
      .toLowerCase(),
  )
  .refine(text => /^(?:[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?)(?::\d{1,5})?$/.test(text), {
    error: 'write a host, such as knot.example.org, or one with its port',
  });

const did: z.ZodType<string> = z.string().regex(/^did:(?:plc|web):[\w.:%-]{1,2000}$/, {
  error: 'write a DID, such as did:plc:ewvi7nxzyoun6zhxrhs64oiz or did:web:example.org',
});

const jetstream: z.ZodType<string> = z
  .string()
  .refine(text => text === '' || (/^wss?:\/\/[^/]/.test(text) && URL.canParse(text)), {
    error: 'write an address that begins with wss:// or ws://, or nothing for none',
  });

export const tangled: z.ZodType<WrittenTangled> = z.strictObject({
  hostname: host.meta({
    description:
      'The host that this spindle is reached at, as it is registered in Tangled and chosen in the settings of repositories; it is `did:web:` and that host.',
    examples: ['spindle.example.org'],
  }),
  owner: did.meta({
    description: 'DID of who runs this spindle: the first member, who invites the others.',
    examples: ['did:plc:ewvi7nxzyoun6zhxrhs64oiz'],
  }),
  members: z
    .array(did)
    .max(1000, { error: 'there are more than 1000' })
    .prefault([])
    .meta({
      description: 'DIDs of more members, beside those that the owner has invited in Tangled.',
      examples: [['did:web:alice.example.org']],
    }),
  knots: z
    .array(host)
    .max(100, { error: 'there are more than 100' })
    .prefault([])
    .meta({
      description:
        "Hosts of knots that are followed in any case; those of members' repositories are followed anyhow.",
      examples: [['knot.example.org']],
    }),
  plc: httpUrl.prefault('https://plc.directory').meta({
    description: 'The directory that `did:plc:` identities are looked up in.',
    examples: ['https://plc.example.org'],
  }),
  jetstream: jetstream.optional().meta({
    description:
      'Where changes of members, repositories and pull requests are heard of at once; empty: nowhere, and they are found by looking. When left out, a public one; with `dev`, none.',
    examples: ['wss://jetstream.example.org/subscribe'],
  }),
  reconcile: duration('1s', '1d')
    .prefault('5m')
    .meta({
      description:
        'How often the records of all members are looked through (a duration), beside at every start and when somebody asks for it.',
      examples: ['1m'],
    }),
  timeout: duration('1s', '7d')
    // Tangled's own spindle gives them five minutes, which is what its users miss most.
    .prefault('1h')
    .meta({
      description: 'How long one workflow may run, its checkout included (a duration, 1s to 7d).',
      examples: ['30m'],
    }),
  concurrency: z
    .strictObject({
      limit,
      busy: busy(
        'What a workflow does that finds no room: `queue` waits for its turn, `cancel-older` takes the place of the oldest, `skip` and `reject` do not run.',
        'cancel-older',
      ),
    })
    .optional()
    .meta({
      description:
        'How runs of the same workflow for the same branch, tag or pull request of a repository share the room. Without it they do not wait for each other.',
      examples: [{ busy: 'cancel-older' }],
    }),
  secretKey: z
    .string()
    .refine(text => /^[A-Za-z0-9+/]{43}=$/.test(text), {
      error: 'write 32 bytes in base64, as "openssl rand -base64 32" prints them',
    })
    .optional()
    .meta({
      description:
        'The key that secrets of repositories are sealed with before they are stored, 32 bytes in base64. When left out, one is made and kept in the data directory, as `secrets.key`. With another key what was sealed before cannot be opened.',
      examples: ['${env:SPINDLE_SECRET_KEY}'],
    }),
  dev: z
    .boolean()
    .prefault(false)
    .meta({
      description:
        "For tests and one's own network: knots and records' servers are called by `http` and `ws`, also on this machine and in private networks, and may be cloned from there.",
      examples: [true],
    }),
});
