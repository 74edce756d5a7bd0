import type { PipelineStore } from '../../contracts/pipeline-store.ts';
import type { Run } from '../../domain/run.ts';
import { createStepLog } from '../../domain/step-log.ts';
import { type FollowNeeds, followLog } from '../../engine/feed.ts';
import type { Journal } from '../../engine/journal.ts';
import { portions } from '../../lib/portions.ts';
import { textFrame } from '../socket/frames.ts';
import type { Talker } from '../socket/talker.ts';
import { logLine } from './log-line.ts';
import { textPage } from './page.ts';
import type { Opened, Route } from './route.ts';

export interface LogsNeeds extends FollowNeeds {
  readonly store: FollowNeeds['store'] & Pick<PipelineStore, 'workflowRun'>;
  readonly journal: Journal;
}

/** Written at once: a reader that takes so much within its time is none that is slow. */
const batchBytes = 64 * 1024;

/** `GET /logs/{knot}/{rkey}/{workflow}`: the log of the workflow's youngest run from its start to its end. */
export function logsRoute(needs: LogsNeeds): Route {
  return {
    kind: 'socket',
    open: async ({ values: [knot = '', rkey = '', name = ''] }): Promise<Opened> => {
      try {
        const run = await needs.store.workflowRun({ knot, rkey, name });
        if (run === undefined || (await isGone(needs, run)))
          return { result: 'refused', page: textPage(404, 'logs not found') };
        return { result: 'open', talk: talker => talk(needs, run, talker) };
      } catch (error) {
        needs.journal.note({ kind: 'trouble', where: 'GET /logs', error });
        return { result: 'refused', page: textPage(500, 'logs unavailable') };
      }
    },
  };
}

/** Whether there was a log, and is none any more: what has succeeded has printed its steps. */
async function isGone({ store }: LogsNeeds, { id, status }: Run): Promise<boolean> {
  if (status.state !== 'finished' || status.outcome !== 'success') return false;
  return (await store.log(id, 0, 1)).length === 0;
}

async function talk(needs: LogsNeeds, run: Run, talker: Talker): Promise<void> {
  const log = createStepLog();
  try {
    for await (const news of followLog(needs, run.id, 0, talker.gone)) {
      const said = news.kind === 'end' ? log.end(news.status) : news.lines.flatMap(line => log.read(line));
      const frames = said.map(each => textFrame(logLine(each)));
      for (const some of portions(frames, ({ length }) => length, batchBytes))
        await talker.write(Buffer.concat(some));
    }
  } catch (error) {
    needs.journal.note({ kind: 'trouble', where: 'GET /logs', error });
  } finally {
    talker.close(1000, 'log stream complete');
  }
}
