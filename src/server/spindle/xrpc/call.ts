import { z } from 'zod';
import type { SpindleRepo } from '../../../contracts/spindle-calls.ts';
import { SignalboxError } from '../../../domain/errors.ts';
import type { Journal } from '../../../engine/journal.ts';
import type { SpindleHosting } from '../hosting.ts';
import { jsonPage, noPage, type Page } from '../page.ts';
import type { Asked, Route } from '../route.ts';
import { generic, MethodError } from './method-error.ts';

export interface CallNeeds {
  /** Null while this is no spindle. */
  readonly hosting: () => SpindleHosting | null;
  readonly journal: Journal;
  /** Aborts when the door closes. */
  readonly closing: AbortSignal;
}

/** A call of a method. Whatever it throws is its answer. */
export interface Call extends SpindleHosting {
  readonly query: URLSearchParams;
  /** Aborts when an answer would come too late. */
  readonly signal: AbortSignal;
  /** Who calls, as a DID. */
  caller(): Promise<string>;
  /** The body, read. */
  input<Value>(schema: z.ZodType<Value>): Promise<Value>;
}

/** Those who call wait for thirty seconds. */
const answerMs = 25_000;
/** A secret, or the inputs of a pipeline. */
const mostBodyBytes = 64 * 1024;

/** The route of a method, which is called by this name. */
export function callRoute(
  needs: CallNeeds,
  nsid: string,
  answer: (call: Call) => Promise<Page> | Page,
): Route {
  return {
    kind: 'page',
    answer: async asked => {
      const hosting = needs.hosting();
      if (hosting === null) return noPage;
      const late = AbortSignal.timeout(answerMs);
      const signal = AbortSignal.any([late, needs.closing]);
      try {
        return await answer(callOf(asked, hosting, nsid, signal));
      } catch (error) {
        return errorPage(needs, nsid, late.aborted ? tooLate(error) : error);
      }
    },
  };
}

function callOf(asked: Asked, hosting: SpindleHosting, nsid: string, signal: AbortSignal): Call {
  return {
    ...hosting,
    signal,
    query: asked.query,
    async caller() {
      const [, token = null] = /^Bearer +(\S+) *$/i.exec(asked.authorization ?? '') ?? [];
      return hosting.calls.caller(token, nsid, signal).catch((error: unknown) => {
        if (error instanceof SignalboxError && error.code === 'unauthenticated')
          throw new MethodError(403, 'Auth', `signature verification failed: ${error.message}`);
        throw error;
      });
    },
    async input(schema) {
      const bytes = await asked.read(mostBodyBytes).catch(() => {
        throw generic('the body ended too early');
      });
      if (bytes === undefined)
        throw new MethodError(413, 'PayloadTooLarge', `the body is longer than ${mostBodyBytes / 1024} KiB`);
      const read = schema.safeParse(jsonIn(bytes));
      if (read.success) return read.data;
      const [issue] = read.error.issues;
      throw generic(`${issue?.path.join('.') || 'the body'}: ${issue?.message ?? 'cannot be read'}`);
    },
  };
}

function jsonIn(bytes: Uint8Array): unknown {
  try {
    // Halves of characters are nothing that a store keeps.
    return JSON.parse(Buffer.from(bytes).toString('utf8'), (_, value: unknown) =>
      typeof value === 'string' ? value.toWellFormed() : value,
    );
  } catch {
    throw generic('the body is not JSON');
  }
}

/** What a method that came to nothing is answered with. Our own mistakes are for our log alone. */
function errorPage(needs: CallNeeds, nsid: string, error: unknown): Page {
  const { status, tag, message } = error instanceof MethodError ? error : known(error);
  if (status >= 500 && status !== 503) needs.journal.note({ kind: 'trouble', where: nsid, error });
  return jsonPage(status, { error: tag, message });
}

function known(error: unknown): MethodError {
  const { code, message } = SignalboxError.from(error);
  switch (code) {
    case 'invalid':
    case 'forbidden':
    case 'not_found':
    case 'conflict':
    case 'too_large':
    case 'unauthenticated':
      return generic(message);
    case 'overloaded':
      return new MethodError(503, 'Overloaded', message);
    case 'unavailable':
      return new MethodError(503, 'Unavailable', message);
    case 'corrupt':
    case 'internal':
      return new MethodError(500, 'InternalServerError', 'this spindle has made a mistake, and has noted it');
  }
}

const tooLate = (cause: unknown): SignalboxError =>
  new SignalboxError('unavailable', `it took longer than ${answerMs / 1000} s: try again`, { cause });

/** A DID, or an at-uri. */
export const reference: z.ZodType<string> = z.string().min(1).max(4_096);

/** The repository that a caller names. */
export function repoOf({ calls }: Call, named: string): SpindleRepo {
  if (!/^(?:at:\/\/)?did:/.test(named))
    throw new MethodError(
      400,
      'InvalidRepo',
      'the repository is named by its DID, or the at-uri of its record',
    );
  const found = calls.repo(named);
  if (found === undefined)
    throw new MethodError(400, 'RepoNotFound', 'this spindle does not work for that repository');
  return found;
}

/** The same, for somebody who is to push there; returns who that is. */
export async function pusherOf(
  call: Call,
  named: string,
): Promise<{ readonly repo: SpindleRepo; readonly did: string }> {
  const did = await call.caller();
  const repo = repoOf(call, named);
  if (await repo.mayPush(did, call.signal)) return { repo, did };
  throw new MethodError(400, 'AccessControl', `${did} may not push to that repository`);
}
