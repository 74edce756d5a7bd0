import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import golden from '../../fixtures/hooks/golden.json' with { type: 'json' };
import type { Said } from './answer-of.ts';

/** A request that the original program was sent, with what it answered. */
export interface Recorded {
  readonly name: string;
  readonly request: Buffer;
  /** That of the newest version, which is the one that is followed. */
  readonly answer: Said;
  /** Whether the answer names the lab's directory, so that its length is not the recorded one. */
  readonly namesLab: boolean;
}

export interface Recording {
  readonly name: string;
  readonly hooks: Buffer;
  readonly cases: readonly Recorded[];
}

/** The recordings, set up in a directory of their own with the scripts that their hooks run. */
export function openLab(): {
  readonly directory: string;
  readonly recordings: readonly Recording[];
} & Disposable {
  const directory = mkdtempSync(join(tmpdir(), 'signalbox-hooks-lab-'));
  for (const [name, text] of Object.entries(golden.scripts)) {
    const [file = '', mode = '755'] = name.split(/ \(mode |\)/);
    mkdirSync(dirname(join(directory, file)), { recursive: true });
    writeFileSync(join(directory, file), text);
    chmodSync(join(directory, file), Number.parseInt(mode, 8));
  }
  const here = (text: string) => text.replaceAll('@LAB@', directory);
  const recordings = Object.entries(golden.sets).map(([name, { hooks, cases }]) => ({
    name,
    hooks: Buffer.from(here(JSON.stringify(hooks))),
    cases: cases.map(each => {
      const answer: Said = 'answer_2_8_2' in each ? each.answer_2_8_2 : each.answer;
      return {
        name: each.name.replace(/\s+/g, ' '),
        request: Buffer.from(here(each.request_latin1), 'latin1'),
        answer: unframed({ ...answer, body: here(answer.body) }),
        namesLab: answer.body.includes('@LAB@'),
      };
    }),
  }));
  return { directory, recordings, [Symbol.dispose]: () => rmSync(directory, { recursive: true }) };
}

/** The recordings hold what came over the wire: chunks, a second answer behind a 1xx, the version where it is old. */
function unframed({ status, headers, body }: Said): Said {
  const code = /\d{3} /.exec(status)?.[0].trim() ?? '';
  const second = /^1\d\d /.test(status)
    ? /^HTTP\/1\.1 (\d+)[^\r]*\r\n([^]*?)\r\n\r\n([^]*)$/.exec(body)
    : null;
  if (second !== null)
    return {
      status: `${code}, ${second[1] ?? ''}`,
      headers: (second[2] ?? '').split('\r\n').filter(line => !/^(?:Date|Connection):/.test(line)),
      body: second[3] ?? '',
    };
  const isChunked = headers.includes('Transfer-Encoding: chunked');
  const chunk = isChunked ? /^([0-9a-f]+)\r\n([^]*)\r\n0\r\n\r\n$/.exec(body) : null;
  return { status: code, headers, body: chunk?.[2] ?? body };
}
