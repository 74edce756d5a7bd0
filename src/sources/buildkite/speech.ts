import type { Heard, Reply, Speech, Told } from '../../contracts/source.ts';

/** What of a body is read: more than Buildkite sends. A longer one is cut, and then proves nothing, or is not JSON. */
const mostBodyBytes = 1024 * 1024;

/** Answers as tack does, letter for letter; `isConfigured` false: there is no Buildkite here. */
export function createSpeech(path: string, isConfigured: boolean): Speech {
  return {
    room: null,
    hear: (head): Heard => {
      const [at = ''] = head.path.split('?', 1);
      const isHere = at === path;
      if (head.method === 'GET' || head.method === 'HEAD') return answer(said(404, '404 page not found'));
      if (head.method !== 'POST' || !isHere) {
        const allow = isHere ? 'GET, HEAD, POST' : 'GET, HEAD';
        const { headers, ...rest } = said(405, 'Method Not Allowed');
        return answer({ ...rest, headers: { allow, ...headers } });
      }
      if (!isConfigured) return answer(said(503, 'buildkite provider not configured'));
      return { result: 'delivery', mostBodyBytes, longer: 'cut', waits: false };
    },
    tell: (told): Reply => {
      switch (told.result) {
        case 'started':
        case 'waited':
        case 'idle':
          return { status: 200, headers: {}, body: '' };
        case 'refused':
          return refused(told);
      }
    },
  };
}

/** Why exactly is in the log: whoever sends something wrong learns nothing else. */
function refused({ status }: Extract<Told, { result: 'refused' }>): Reply {
  if (status === 401) return said(401, 'unauthorized');
  return status < 500 ? said(400, 'bad payload') : said(500, 'internal error');
}

const answer = (reply: Reply): Heard => ({ result: 'answer', reply });

const said = (status: number, words: string): Reply => ({
  status,
  headers: { 'content-type': 'text/plain; charset=utf-8', 'x-content-type-options': 'nosniff' },
  body: `${words}\n`,
});
