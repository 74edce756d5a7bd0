import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { startAgent } from './support/agent.ts';
import { startBroker, type TestBroker, withoutRabbitmq } from './support/rabbitmq-server.ts';
import { startServer, until } from './support/server.ts';

/** `amqps://` with a certificate authority of one's own, as `docs/scale.md` says. */

describe('RabbitMQ behind TLS', { timeout: 200_000, skip: withoutRabbitmq }, () => {
  let directory: string;
  let broker: TestBroker;
  before(async () => {
    directory = mkdtempSync(join(tmpdir(), 'signalbox-tls-'));
    makeAuthority('own');
    makeAuthority('foreign');
    makeCertificate('broker', 'own', 'localhost');
    broker = await startBroker({
      virtualHosts: ['sb'],
      tls: { authority: file('own.pem'), certificate: file('broker.pem'), key: file('broker.key') },
    });
  });
  after(async () => {
    await broker?.[Symbol.asyncDispose]();
    rmSync(directory, { recursive: true, force: true });
  });

  const file = (name: string) => join(directory, name);
  const openssl = (...args: string[]) => execFileSync('openssl', args, { cwd: directory, stdio: 'pipe' });
  const keyOf = (name: string) => ['-newkey', 'rsa:2048', '-nodes', '-keyout', `${name}.key`];
  function makeAuthority(name: string): void {
    openssl('req', '-x509', ...keyOf(name), '-out', `${name}.pem`, '-subj', `/CN=${name}`, '-days', '2');
  }
  function makeCertificate(name: string, authority: string, host: string): void {
    openssl('req', ...keyOf(name), '-out', `${name}.csr`, '-subj', `/CN=${host}`);
    writeFileSync(file(`${name}.ext`), `subjectAltName = DNS:${host}\n`);
    const signing = [
      '-CA',
      `${authority}.pem`,
      '-CAkey',
      `${authority}.key`,
      '-CAcreateserial',
      '-days',
      '2',
    ];
    openssl(
      'x509',
      '-req',
      '-in',
      `${name}.csr`,
      '-out',
      `${name}.pem`,
      '-extfile',
      `${name}.ext`,
      ...signing,
    );
  }
  const at = (host: string, port = broker.tlsPort) => `amqps://admin:admin@${host}:${port}/sb`;
  const trusting = (authority: string) => ({ NODE_EXTRA_CA_CERTS: file(`${authority}.pem`) });
  const serve = (transport: string, env: Readonly<Record<string, string>>) =>
    startServer(
      `version: 1
data: ./data
transport: "${transport}"
rules: [{ name: job, on: manual, pool: linux, run: 'true' }]
`,
      env,
    );
  const agentAt = (transport: string, env: Readonly<Record<string, string>>) =>
    startAgent({ name: 'box-1', pools: ['linux'], slots: 1, transport, env });

  test('carries runs between those who trust its authority', async () => {
    await using server = await serve(at('localhost'), trusting('own'));
    await using _agent = await agentAt(at('localhost'), trusting('own'));
    const { runs } = await server.api<{ runs: readonly string[] }>('/api/rules/job/run', {
      method: 'POST',
      body: '{}',
    });
    await until(
      async () =>
        (await server.api<{ outcome: string | null }>(`/api/runs/${runs[0]}`)).outcome === 'success',
      'the run to succeed',
      60_000,
    );
  });

  test('is refused in a sentence where its authority is another one', async () => {
    const refused =
      /shows a certificate of an authority that is not trusted here .*: name the file with the right authority in NODE_EXTRA_CA_CERTS/;
    await assert.rejects(agentAt(at('localhost'), trusting('foreign')), refused);
    await assert.rejects(agentAt(at('localhost'), {}), refused);
    await assert.rejects(serve(at('localhost'), trusting('foreign')), refused);
  });

  test('is refused in a sentence where its certificate is for another name, or where no TLS is spoken', async () => {
    await assert.rejects(
      agentAt(at('127.0.0.1'), trusting('own')),
      /shows a certificate for another name .*: write a name that is in it into "transport"/,
    );
    await assert.rejects(
      agentAt(at('localhost', broker.port), trusting('own')),
      /no TLS can be spoken with RabbitMQ at .*: write the port where it speaks it/,
    );
  });
});
