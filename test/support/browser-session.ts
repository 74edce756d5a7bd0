import assert from 'node:assert/strict';

/** What a browser has of a session: it sends the cookie back wherever it asks. */
export interface BrowserSession {
  /** The status of a call of the API. */
  ask(adminUrl: string): Promise<number>;
}

/** Signs in with a token. */
export async function beginSession(adminUrl: string, token: string): Promise<BrowserSession> {
  const headers = { authorization: `Bearer ${token}` };
  const begun = await fetch(`${adminUrl}/api/session`, { method: 'POST', headers });
  assert.equal(begun.status, 204);
  const cookie = (begun.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
  return { ask: async url => (await fetch(`${url}/api/rules`, { headers: { cookie } })).status };
}
