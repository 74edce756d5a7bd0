import type { HttpSource, Received } from '../../contracts/source.ts';
import type { Call } from '../../domain/call.ts';
import { type Authentication, type Delivery, header } from '../../domain/delivery.ts';
import { blankEvent } from '../../domain/event.ts';
import { fileIn } from '../../lib/folder-files.ts';
import { findProgram } from '../../lib/launcher/resolve.ts';
import { readStart, type StartRequest } from './body.ts';
import type { ScriptsSettings } from './settings.ts';
import { broken, createSpeech, notInstalled } from './speech.ts';
import { authenticate } from './token.ts';
import { readVariables } from './variables.ts';

/** The source, and the rule that answers to its calls. */
export const scriptsName = 'scripts';

/** Calls of scripts in one folder, in GORT's language. `path` is where programs are looked for. */
export function createScriptsSource(settings: ScriptsSettings, path: string): HttpSource {
  return {
    kind: 'http',
    name: scriptsName,
    path: settings.mount,
    secretHeaders: ['authorization'],
    speech: createSpeech(settings),
    stored: null,
    receive: delivery => {
      const authentication = authenticate(settings.tokens, delivery);
      if (authentication.result === 'refused')
        return rejected(authentication)({ status: 401, reason: authentication.reason });
      const read = readCall(settings, path, delivery.body);
      if (read.result === 'refused') return rejected(authentication)(read);
      const event = { ...blankEvent('script'), action: 'started', call: read.call };
      return {
        result: 'accepted',
        event: { ...event, deliveryId: idempotencyKey(delivery) },
        authentication,
      };
    },
  };
}

/** Whoever sends a start again, because no answer came, starts nothing twice when both carry the same key. */
const idempotencyKey = (delivery: Delivery): string | null => header(delivery, 'idempotency-key') || null;

interface Refusal {
  readonly status: number;
  readonly reason: string;
}

const rejected =
  (authentication: Authentication) =>
  ({ status, reason }: Refusal): Received => ({ result: 'rejected', status, reason, authentication });

/** GORT's checks in GORT's order, each followed by what has to be refused beyond them. */
function readCall(
  settings: ScriptsSettings,
  path: string,
  body: Uint8Array,
): { readonly result: 'read'; readonly call: Call } | (Refusal & { readonly result: 'refused' }) {
  const refuse = (status: number, reason: string) => ({ result: 'refused', status, reason }) as const;
  const request = readStart(body);
  if (request === null) return refuse(422, 'the body is no JSON object of the right types');
  const { executor, script, args } = request;
  if (executor === '' || script === '') return refuse(400, 'executor or script is missing');
  const forbidden = forbiddenInterpreter(settings, executor);
  if (forbidden !== null) return refuse(403, forbidden);
  const program = { argv: [executor] as const, cwd: process.cwd(), env: { PATH: path } };
  if (findProgram(program).result === 'refused') return refuse(500, notInstalled);
  const file = fileIn(settings.folder, script);
  if (file.result === 'none') return refuse(501, file.reason);
  const variables = readVariables(request.variables);
  if (variables.result === 'refused')
    return refuse(
      403,
      `The variable ${JSON.stringify(variables.name)} is not allowed: it changes what is run. Set it in the environment of the server`,
    );
  if (variables.result === 'impossible' || args.some(argument => argument.includes('\0')))
    return refuse(500, broken);
  return { result: 'read', call: callOf(settings, request, variables.env) };
}

function forbiddenInterpreter(
  { interpreters, interpreterPaths }: ScriptsSettings,
  executor: string,
): string | null {
  const shown = JSON.stringify(executor);
  if (interpreters !== null)
    return interpreters.includes(executor)
      ? null
      : `The executor ${shown} is not allowed: it is not in sources.scripts.executors`;
  return executor.includes('/') && !interpreterPaths
    ? `The executor ${shown} is not allowed: it is a path. Name a program on PATH, or set GORT_EXECUTOR_PATHS=allow`
    : null;
}

function callOf(
  { folder, writtenFolder, cwd }: ScriptsSettings,
  { executor: interpreter, script: name, args }: StartRequest,
  env: Call['env'],
): Call {
  const text = `script ${JSON.stringify(name)} is in ${writtenFolder}`;
  return {
    rule: scriptsName,
    name,
    action: { kind: 'script', script: { folder, name, interpreter, args, cwd } },
    env,
    grounds: { holds: true, text, seen: name, error: false, parts: [] },
  };
}
