/** The server's time: by it runs begin and end, and a computer in front of which somebody sits may tell another. */
export interface ServerClock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Takes the time from an answer of the server. */
  readonly hear: (response: Pick<Response, 'headers'>) => void;
}

/** Answers tell whole seconds, and take a while to come: clocks that differ less are taken to agree. */
const noticedMs = 5_000;

export function createServerClock(own: () => number): ServerClock {
  let aheadMs = 0;
  return {
    now: () => own() + aheadMs,
    hear(response) {
      const told = Date.parse(response.headers.get('date') ?? '');
      if (Number.isNaN(told)) return;
      const differs = told - own();
      aheadMs = Math.abs(differs) < noticedMs ? 0 : differs;
    },
  };
}
