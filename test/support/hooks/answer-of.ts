import { type Answer, answerTo } from '../../../src/sources/hooks/answer/answer.ts';
import { answerAfter, decide, type Serving } from '../../../src/sources/hooks/decide.ts';
import type { Behaviour } from '../../../src/sources/hooks/deviations.ts';
import type { Hook } from '../../../src/sources/hooks/hook.ts';
import { route } from '../../../src/sources/hooks/route.ts';
import { readRawHttp } from '../../../src/sources/hooks/sample/raw-http.ts';
import { runCommand } from './run-command.ts';

/** An answer in the form that recordings have; bodies are one character per byte. */
export interface Said {
  /** With a 1xx that goes before it. */
  readonly status: string;
  readonly headers: readonly string[];
  readonly body: string;
}

export interface Stage {
  readonly behaviour: Behaviour;
  readonly hooks: readonly Hook[];
  readonly headers: Serving['headers'];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

const servingOf = ({ behaviour, headers }: Pick<Stage, 'behaviour' | 'headers'>): Serving => ({
  behaviour,
  headers,
  methods: [],
  multipartMemoryBytes: 1_048_576,
  longestBodyBytes: 25_000_000,
});

/** What the engine answers to the bytes of one request, commands executed. */
export async function answerOf(stage: Stage, bytes: Uint8Array): Promise<Said> {
  const request = readRawHttp(bytes);
  if (request === null) return said('GET', answerTo(servingOf(stage), 'GET', { kind: 'bad target' }));
  const { method } = request;
  const serving = servingOf(stage);
  const way = route('hooks', method, request.target);
  if (way.kind !== 'hook') return said(method, answerTo(serving, method, way));
  const decision = decide(serving, stage.hooks, way.id, {
    ...request,
    query: way.query,
    peer: { address: '127.0.0.1', port: 40_000 },
    receivedAt: Date.now(),
  });
  if (decision.result === 'answered') return said(method, decision.answer);
  const ended = await runCommand(decision.command, stage);
  return said(method, decision.answer ?? answerAfter(serving, decision.hook, method, ended));
}

/** Sent as HTTP has it: no body to HEAD, and what has no length comes in chunks, which are put together here. */
function said(method: string, { status, informational, headers, aboutBody, body }: Answer): Said {
  const isChunked =
    method !== 'HEAD' && body.byteLength > 0 && !aboutBody.some(([name]) => name === 'Content-Length');
  return {
    status: [informational, status].filter(code => code !== null).join(', '),
    headers: [
      ...[...headers, ...aboutBody].map(([name, value]) => `${name}: ${value}`),
      ...(isChunked ? ['Transfer-Encoding: chunked'] : []),
    ],
    body: method === 'HEAD' ? '' : Buffer.from(body).toString('latin1'),
  };
}
