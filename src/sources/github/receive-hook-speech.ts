import type { Heard, Reply, Speech, Told } from '../../contracts/source.ts';

/** Answers as Lightspeed's hook server does, but that a delivery which is not taken hears so. */
export function createHookServerSpeech(path: string, mostBodyBytes: number): Speech {
  return {
    room: null,
    hear: (head): Heard => {
      const [at] = head.path.split('?', 1);
      if (at !== path) return { result: 'answer', reply: said(404, { error: 'there is nothing here' }) };
      if (head.method !== 'POST') {
        const { headers, ...rest } = said(405, { error: 'POST it' });
        return { result: 'answer', reply: { ...rest, headers: { ...headers, allow: 'POST' } } };
      }
      return { result: 'delivery', mostBodyBytes, longer: 'refused', waits: false };
    },
    tell: (told): Reply => {
      switch (told.result) {
        case 'started':
        case 'waited':
        case 'idle':
          return said(200, { msg: 'ok' });
        case 'refused':
          return refused(told);
      }
    },
  };
}

/** Why exactly is in the log: whoever guesses learns nothing here. */
function refused({ status }: Extract<Told, { result: 'refused' }>): Reply {
  if (status === 401) return said(status, { error: 'the signature is missing, or wrong' });
  return said(status, { error: status < 500 ? 'it cannot be read' : 'try again later' });
}

const said = (status: number, body: object): Reply => ({
  status,
  headers: { 'content-type': 'application/json; charset=utf-8', 'x-content-type-options': 'nosniff' },
  body: JSON.stringify(body),
});
