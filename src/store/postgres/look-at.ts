import { Client } from 'pg';
import { nameOf, postgresError, serverOf } from './errors.ts';

const connectMs = 5_000;

/** Says which server answers, and changes nothing; throws what a start would say of one that cannot be used. */
export async function lookAtDatabase(url: string): Promise<string> {
  const server = serverOf(url);
  const client = new Client({
    connectionString: url,
    connectionTimeoutMillis: connectMs,
    query_timeout: connectMs,
    application_name: 'signalbox doctor',
  });
  client.on('error', () => undefined);
  try {
    await client.connect();
    const { rows } = await client.query<{ version: string }>(
      `select current_setting('server_version') as version`,
    );
    return `PostgreSQL ${rows[0]?.version} answers at ${nameOf(server)}`;
  } catch (error) {
    throw postgresError(error, server);
  } finally {
    await client.end();
  }
}
