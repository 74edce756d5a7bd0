import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { z } from 'zod';
import type { RadicleActor } from '../../domain/radicle.ts';
import { didOfSshKey } from '../../lib/did-key.ts';

/** What this node knows of others. */
export interface People {
  /** Somebody by node id, without `did:key:`. */
  readonly actor: (id: string) => RadicleActor;
  readonly isFollowed: (id: string) => boolean;
}

export const didOf = (id: string): string => `did:key:${id}`;
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
  const aliases = new Map<string, string | undefined>();
  // A patch names the same few again and again, and each question opens a file.
  function announced(id: string): string | undefined {
    if (!aliases.has(id)) aliases.set(id, readAlias(home, id));
    return aliases.get(id);
  }
  return {
    actor: id => ({
      id: didOf(id),
      alias: following.get(id)?.alias || announced(id) || (id === ownId ? ownAlias(home) : undefined) || null,
    }),
    isFollowed: id => following.get(id)?.policy === 'allow' || id === ownId,
  };
}

const readAlias = (home: string, id: string): string | undefined =>
  rows(join(home, 'node', 'node.db'), 'select alias from nodes where id = ?', [id], nodeRow)[0]?.alias;

function readOwnId(home: string): string | null {
  try {
    const did = didOfSshKey(readFileSync(join(home, 'keys', 'radicle.pub'), 'utf8'));
    return did === null ? null : nodeIdOf(did);
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
