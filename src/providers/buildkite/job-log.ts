import type { KnownLog, LogNews } from '../../contracts/provider.ts';
import { type Exchange, refusal } from './exchange.ts';

/** A log grows by less than this between two looks, mostly: then one request is enough. */
const usualGrowth = 16 * 1024;

/**
 * Reads what has come to a log. Only its end can be asked for, so the end of what is known has to be found in the answer;
 * where it is not, all of it is read.
 */
export async function readLog(
  exchange: Pick<Exchange, 'insist'>,
  path: string,
  known: KnownLog,
  mostBytes: number,
  signal: AbortSignal,
): Promise<LogNews> {
  if (known.bytes === 0) return whole(known);
  const end = await ending(known.tail.length + usualGrowth);
  if (end === 'whole') return whole(known);
  if (end.from <= known.bytes - known.tail.length) return joined(end);
  if (end.total < known.bytes) return whole(known);
  // It has grown by more: exactly what is missing, and what more may have come meanwhile is for the next time.
  const longer = await ending(end.total - known.bytes + known.tail.length);
  return longer === 'whole' ? whole(known) : joined(longer);

  /** Its last bytes; `whole`: nothing less than all of it can be had. */
  async function ending(bytes: number) {
    const answer = await exchange.insist(question({ range: `bytes=-${bytes}` }), () => undefined, signal);
    const range = /^bytes (\d+)-(\d+)\/(\d+)$/.exec(answer.headers.get('content-range') ?? '');
    if (answer.status !== 206 || range === null || answer.isCut) return 'whole';
    return { from: Number(range[1]), total: Number(range[3]), bytes: answer.body };
  }

  async function joined({
    from,
    bytes,
  }: {
    readonly from: number;
    readonly bytes: Uint8Array;
  }): Promise<LogNews> {
    const at = known.bytes - from;
    const before = bytes.subarray(Math.max(0, at - known.tail.length), Math.max(0, at));
    if (!Buffer.from(before).equals(known.tail)) return whole(known);
    return { result: 'more', bytes: bytes.subarray(at, at + mostBytes - known.bytes) };
  }

  async function whole({ bytes, tail }: KnownLog): Promise<LogNews> {
    const answer = await exchange.insist(question({}), () => undefined, signal);
    const { status, body } = answer;
    // The log of a job that has just begun is not there yet, or empty.
    if (status === 404 || status === 416) return { result: 'more', bytes: new Uint8Array() };
    if (status !== 200) return { result: 'unreadable', reason: refusal(answer, 'the log of a job').message };
    const isSame = Buffer.from(body.subarray(bytes - tail.length, bytes)).equals(tail);
    return isSame ? { result: 'more', bytes: body.subarray(bytes) } : { result: 'another', bytes: body };
  }

  function question(headers: Readonly<Record<string, string>>) {
    return {
      purpose: 'read',
      method: 'GET',
      path,
      headers: { accept: 'text/plain', ...headers },
      mostBytes,
    } as const;
  }
}
