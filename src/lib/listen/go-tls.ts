import { readFileSync } from 'node:fs';
import type { SecureVersion, TlsOptions } from 'node:tls';

/** The cipher suites that Go knows, in its order, with OpenSSL's names; those of TLS 1.3 are always on. */
const suites: ReadonlyMap<string, string | null> = new Map([
  ['TLS_RSA_WITH_AES_128_CBC_SHA', 'AES128-SHA'],
  ['TLS_RSA_WITH_AES_256_CBC_SHA', 'AES256-SHA'],
  ['TLS_RSA_WITH_AES_128_GCM_SHA256', 'AES128-GCM-SHA256'],
  ['TLS_RSA_WITH_AES_256_GCM_SHA384', 'AES256-GCM-SHA384'],
  ['TLS_AES_128_GCM_SHA256', null],
  ['TLS_AES_256_GCM_SHA384', null],
  ['TLS_CHACHA20_POLY1305_SHA256', null],
  ['TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA', 'ECDHE-ECDSA-AES128-SHA'],
  ['TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA', 'ECDHE-ECDSA-AES256-SHA'],
  ['TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA', 'ECDHE-RSA-AES128-SHA'],
  ['TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA', 'ECDHE-RSA-AES256-SHA'],
  ['TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256', 'ECDHE-ECDSA-AES128-GCM-SHA256'],
  ['TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384', 'ECDHE-ECDSA-AES256-GCM-SHA384'],
  ['TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256', 'ECDHE-RSA-AES128-GCM-SHA256'],
  ['TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384', 'ECDHE-RSA-AES256-GCM-SHA384'],
  ['TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256', 'ECDHE-RSA-CHACHA20-POLY1305'],
  ['TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256', 'ECDHE-ECDSA-CHACHA20-POLY1305'],
]);

export const cipherSuites: readonly string[] = [...suites.keys()];

const versions: ReadonlyMap<string, SecureVersion> = new Map([
  ['', 'TLSv1.2'],
  ['1.0', 'TLSv1'],
  ['1.1', 'TLSv1.1'],
  ['1.2', 'TLSv1.2'],
  ['1.3', 'TLSv1.3'],
]);

/** Settings of TLS as Go's programs take them, read from their files. Throws a sentence for people. */
export function readTls(wanted: {
  readonly cert: string;
  readonly key: string;
  readonly minVersion: string;
  /** By Go's names; none means all. */
  readonly cipherSuites: readonly string[];
}): TlsOptions {
  const minVersion = versions.get(wanted.minVersion);
  if (minVersion === undefined)
    throw new Error(`error: unknown minimum TLS version: ${wanted.minVersion}: choose 1.0, 1.1, 1.2 or 1.3`);
  const names = wanted.cipherSuites.length === 0 ? cipherSuites : wanted.cipherSuites;
  const chosen = names.map(name => {
    const suite = suites.get(name);
    if (suite === undefined)
      throw new Error(`error: unknown TLS cipher suite: ${name}: -list-cipher-suites shows those there are`);
    return suite;
  });
  const of13 = [...suites].filter(([, suite]) => suite === null).map(([name]) => name);
  // OpenSSL counts everything below TLS 1.2 as no security at all.
  const level = minVersion === 'TLSv1' || minVersion === 'TLSv1.1' ? ['@SECLEVEL=0'] : [];
  return {
    cert: readFileSync(wanted.cert),
    key: readFileSync(wanted.key),
    minVersion,
    ciphers: [...of13, ...chosen.filter(suite => suite !== null), ...level].join(':'),
  };
}
