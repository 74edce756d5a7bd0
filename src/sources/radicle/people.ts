import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { z } from 'zod';
import type { RadicleActor } from '../../domain/radicle.ts';
import { base58 } from '../../lib/base58.ts';

/** What this node knows of others. */
export interface People {
  /** Somebody by node id, without `did:key:`. */
  readonly actor: (id: string) => RadicleActor;
  readonly isFollowed: (id: string) => boolean;
}

export const didOf = (id: string): string => `did:key:${id}`;
/** The DID of an Ed25519 key: its bytes, behind multicodec's name for such keys. */
export const didOfKey = (key: Uint8Array): string =>
  didOf(base58(Buffer.concat([Buffer.from([0xed, 0x01]), key])));
export const nodeIdOf = (did: string): string => did.replace(/^did:key:/, '');

const followingRow = z.object({ id: z.string(), alias: z.string().nullable(), policy: z.string() });
const nodeRow = z.object({ alias: z.string() });
const configFile = z.object({ node: z.object({ alias: z.string() }) });

/**
 * Reads the node's own tables as they are now. They are there to make names of ids, and their form is the node's own
 * business: where they cannot be read, nobody has a name, and nobody is followed.
 */
export function readPeople(home: string): People {
  const ownId = readOwnId(home);
  const following = new Map(
    rows(join(home, 'node', 'policies.db'), 'select id, alias, policy from following', [], followingRow).map(
      row => [row.id, row],
    ),
  );
  const announced = (id: string): string | undefined =>
    rows(join(home, 'node', 'node.db'), 'select alias from nodes where id = ?', [id], nodeRow)[0]?.alias;
  return {
    actor: id => ({
      id: didOf(id),
      alias: following.get(id)?.alias || announced(id) || (id === ownId ? ownAlias(home) : undefined) || null,
    }),
    isFollowed: id => following.get(id)?.policy === 'allow' || id === ownId,
  };
}

/** The node's own key is a line as ssh writes it, which ends with the key's 32 bytes. */
function readOwnId(home: string): string | null {
  try {
    const [, key = ''] = readFileSync(join(home, 'keys', 'radicle.pub'), 'utf8').split(' ');
    return nodeIdOf(didOfKey(Buffer.from(key, 'base64').subarray(-32)));
  } catch {
    return null; // it is only good for a name
  }
}

function ownAlias(home: string): string | undefined {
  try {
    return configFile.parse(JSON.parse(readFileSync(join(home, 'config.json'), 'utf8'))).node.alias;
  } catch {
    return undefined; // a name is not worth more
  }
}

function rows<Row>(
  file: string,
  query: string,
  parameters: readonly string[],
  schema: z.ZodType<Row>,
): readonly Row[] {
  if (!existsSync(file)) return [];
  try {
    const database = new DatabaseSync(file, { readOnly: true, timeout: 1_000 });
    try {
      return z.array(schema).parse(database.prepare(query).all(...parameters));
    } finally {
      database.close();
    }
  } catch {
    return []; // another version's tables
  }
}
