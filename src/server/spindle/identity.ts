/** Who this spindle is. */
export interface SpindleIdentity {
  /** With its port where it has one. */
  readonly hostname: string;
  /** DID of whoever answers for it; null: nobody is named. */
  readonly owner: string | null;
  /** Whether it is reached without TLS, on a developer's machine. */
  readonly dev: boolean;
}

/** The document that its DID leads to. A port is escaped, as DIDs want it. */
export function didDocument({ hostname, dev }: SpindleIdentity): object {
  return {
    '@context': ['https://www.w3.org/ns/did/v1'],
    id: `did:web:${hostname.replace(':', '%3A')}`,
    service: [
      {
        id: '#tangled_spindle',
        type: 'TangledSpindle',
        serviceEndpoint: `${dev ? 'http' : 'https'}://${hostname}`,
      },
    ],
  };
}
