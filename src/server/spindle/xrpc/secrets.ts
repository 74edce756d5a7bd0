import { z } from 'zod';
import type { SpindleRepo } from '../../../contracts/spindle-calls.ts';
import { emptyPage, jsonPage, type Page } from '../page.ts';
import { type Call, reference, repoOf } from './call.ts';
import { generic, MethodError } from './method-error.ts';

/** Tangled itself takes 200 characters; keys and certificates are longer. */
const longestValue = 16 * 1024;

const key = z.string().regex(/^[a-zA-Z_][a-zA-Z0-9_]{0,49}$/, {
  error: 'is no name of a secret: up to 50 letters, digits and "_", and no digit first',
});
const named = z.object({ repo: reference, key });
const added = named.extend({
  value: z
    .string()
    .min(1, { error: 'is empty' })
    .max(longestValue, {
      error: `is longer than ${longestValue} characters`,
    })
    .refine(value => !value.includes('\0'), {
      error: 'holds a NUL character, which no program can be given',
    }),
});

/** `sh.tangled.repo.addSecret`: one that is there already stays. */
export async function addSecret(call: Call): Promise<Page> {
  const { repo: named, key, value } = await call.input(added);
  const { repo, did } = await keeperOf(call, named);
  switch (await call.secrets.add({ repo: repo.name, key, value, createdBy: did })) {
    case 'added':
      return emptyPage;
    case 'known':
      throw failed(`there is a secret ${key} already: remove it first`);
    case 'full':
      throw failed('the repository has as many secrets as it can: remove one first');
  }
}

/** `sh.tangled.repo.removeSecret`. */
export async function removeSecret(call: Call): Promise<Page> {
  const { repo: reference, key } = await call.input(named);
  const { repo } = await keeperOf(call, reference);
  if (await call.secrets.remove(repo.name, key)) return emptyPage;
  throw failed(`there is no secret ${key}`);
}

/** `sh.tangled.repo.listSecrets`: all but the values. */
export async function listSecrets(call: Call): Promise<Page> {
  const reference = call.query.get('repo') ?? '';
  if (reference === '') throw generic('repo: is missing');
  const { repo } = await keeperOf(call, reference);
  const secrets = await call.secrets.list(repo.name);
  return jsonPage(200, {
    secrets: secrets.map(({ key, createdAt, createdBy }) => ({
      repo: repo.uri ?? reference,
      key,
      createdAt: new Date(createdAt).toISOString(),
      createdBy,
    })),
  });
}

/** The repository that is named, and who calls, who may change its settings. */
async function keeperOf(
  call: Call,
  named: string,
): Promise<{ readonly repo: SpindleRepo; readonly did: string }> {
  const did = await call.caller();
  const repo = repoOf(call, named);
  if (await repo.maySettings(did, call.signal)) return { repo, did };
  throw new MethodError(401, 'AccessControl', `${did} may not change the settings of that repository`);
}

/** As spindles answer it: their users are shown the sentence. */
const failed = (message: string): MethodError => new MethodError(500, 'Generic', message);
