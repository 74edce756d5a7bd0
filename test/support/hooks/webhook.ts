import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Said } from './answer-of.ts';

const program = 'webhook';

/** The original program, serving hooks files on loopback. */
export interface Webhook extends AsyncDisposable {
  /** What it answers to the bytes of one request. */
  ask(request: Uint8Array): Promise<Said>;
}

/** Starts Debian's `webhook`; fails where it is not installed. */
export async function startWebhook(options: {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly args: readonly string[];
}): Promise<Webhook> {
  const port = await freePort();
  const child = spawn(program, ['-ip', '127.0.0.1', '-port', String(port), '-nopanic', ...options.args], {
    cwd: options.cwd,
    env: options.env,
    stdio: 'ignore',
  });
  await once(child, 'spawn').catch(cause => {
    throw new Error('the program "webhook" is needed: apt-get install webhook', { cause });
  });
  const exited = once(child, 'exit');
  const stop = async () => {
    child.kill('SIGKILL');
    await exited;
  };
  const ask = (request: Uint8Array) => exchange(port, request);
  const deadline = Date.now() + 10_000;
  for (let answers = false; !answers; ) {
    answers = await ask(Buffer.from('GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')).then(
      () => true,
      () => false,
    );
    if (!answers && Date.now() > deadline) {
      await stop();
      throw new Error('webhook does not answer');
    }
    if (!answers) await sleep(10);
  }
  return { ask, [Symbol.asyncDispose]: stop };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

/** What is answered at a port of this machine to the bytes of one request. */
export async function exchange(port: number, request: Uint8Array): Promise<Said> {
  const socket = connect(port, '127.0.0.1');
  socket.setTimeout(10_000, () => socket.destroy(new Error('no answer within 10 s')));
  socket.write(request);
  const chunks: Buffer[] = [];
  for await (const chunk of socket) chunks.push(chunk);
  return readAnswer(Buffer.concat(chunks).toString('latin1'));
}

function readAnswer(text: string): Said {
  const end = text.indexOf('\r\n\r\n');
  if (end === -1) throw new Error(`no answer: ${JSON.stringify(text)}`);
  const [status = '', ...lines] = text.slice(0, end).split('\r\n');
  const headers = lines.filter(line => !/^(?:Date:|Connection:|X-Signalbox-)/.test(line));
  const body = text.slice(end + 4);
  if (/^HTTP\/1\.1 1\d\d /.test(status)) {
    const after = readAnswer(body);
    return { ...after, status: `${status.slice(9, 12)}, ${after.status}` };
  }
  return {
    status: status.slice(9, 12),
    headers,
    body: headers.includes('Transfer-Encoding: chunked') ? unchunked(body) : body,
  };
}

function unchunked(body: string): string {
  const chunk = /^([0-9a-f]+)\r\n/.exec(body);
  const length = Number.parseInt(chunk?.[1] ?? '0', 16);
  if (chunk === null || length === 0) return '';
  const from = chunk[0].length;
  return body.slice(from, from + length) + unchunked(body.slice(from + length + 2));
}
