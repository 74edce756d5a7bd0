import { type RunDetailJson, runDetailSchema } from '../../server/json/run.ts';
import type { Api } from '../client.ts';
import { followLog } from '../follow-log.ts';
import { type CliIo, print } from '../io.ts';
import { explainVerdicts } from '../show/explain.ts';
import { paint } from '../style.ts';
import { visible } from '../text.ts';
import { type EventDetail, eventDetail } from '../wire/event.ts';

/** Widest of the words in front, so that what happened stands under each other. */
const column = 12;

export function step(io: CliIo, what: string, text: string): void {
  print(io, [`  ${paint(io, 'green', '✓')} ${what.padEnd(column)} ${text}`]);
}

/** Tells an event and its run as they travel through the house. Returns the run at its end. */
export async function tellStory(
  io: CliIo,
  api: Api,
  event: string,
  run: string | undefined,
): Promise<RunDetailJson | undefined> {
  const found = (await api.get(`/api/events/${event}`, eventDetail)).value;
  const proof = found.delivery?.authentication;
  if (proof?.result === 'verified') step(io, 'verified', `${proof.by}, secret ${proof.secret}`);
  step(io, 'stored', `${found.id}: on disk before GitHub heard "accepted"`);
  tellVerdicts(io, found);
  if (run === undefined) return undefined;
  await followLog(io, api, `/api/runs/${run}`, async line => {
    print(io, [
      `    ${paint(io, 'gray', '│')} ${paint(io, line.stream === 'system' ? 'gray' : undefined, visible(line.text))}`,
    ]);
  });
  return (await api.get(`/api/runs/${run}`, runDetailSchema)).value;
}

function tellVerdicts(io: CliIo, { verdicts }: EventDetail): void {
  step(io, 'explained', 'every rule answers, and says why:');
  const page = { ...io, columns: io.columns - 6 };
  print(io, ['', ...explainVerdicts(page, verdicts).map(line => (line === '' ? '' : `      ${line}`)), '']);
}
