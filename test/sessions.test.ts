import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { beginSession } from './support/browser-session.ts';
import { startServer } from './support/server.ts';

/** Who is signed in stays it as long as the token that they came with counts, and no longer. */
describe('sessions over a restart', { timeout: 60_000 }, () => {
  test('go on with the token that they began with, and end with it', async () => {
    await using server = await startServer('version: 1\ndata: ./data\n');
    const post = (name: string) => ({ method: 'POST', body: JSON.stringify({ name }) });
    const { token } = await server.api<{ token: string }>('/api/tokens', post('ci'));
    const admins = await beginSession(server.adminUrl, server.token);
    const [kept, revoked] = [
      await beginSession(server.adminUrl, token),
      await beginSession(server.adminUrl, token),
    ];
    await server.end('SIGKILL');
    await server.start();
    for (const session of [admins, kept, revoked]) assert.equal(await session.ask(server.adminUrl), 200);

    await server.api('/api/tokens/ci', { method: 'DELETE' });
    // Another token of the same name is another token.
    await server.api('/api/tokens', post('ci'));
    assert.equal(await revoked.ask(server.adminUrl), 401);
    assert.equal(await admins.ask(server.adminUrl), 200);

    await server.end('SIGTERM');
    rmSync(join(server.directory, 'data', 'admin-token'));
    await server.start();
    assert.equal(await admins.ask(server.adminUrl), 401);
  });
});
