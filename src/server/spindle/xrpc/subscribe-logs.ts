import type { PipelineStore } from '../../../contracts/pipeline-store.ts';
import type { Run } from '../../../domain/run.ts';
import { createStepLog } from '../../../domain/step-log.ts';
import { type FollowNeeds, followLog } from '../../../engine/feed.ts';
import type { Journal } from '../../../engine/journal.ts';
import { portions } from '../../../lib/portions.ts';
import { binaryFrame } from '../../socket/frames.ts';
import type { Talker } from '../../socket/talker.ts';
import { jsonPage } from '../page.ts';
import type { Asked, Opened, Route } from '../route.ts';
import { errorMessage, logMessage } from './log-message.ts';
import { readPipelineName } from './pipeline-name.ts';

export interface SubscribeNeeds extends FollowNeeds {
  readonly store: FollowNeeds['store'] & Pick<PipelineStore, 'pipeline'>;
  readonly journal: Journal;
}

/** Written at once: a reader that takes so much within its time is none that is slow. */
const batchBytes = 64 * 1024;
/** A pipeline has some; whoever asks for more does not mean them. */
const mostNamed = 100;

/** `sh.tangled.ci.subscribePipelineLogs`: the logs of a pipeline's workflows side by side, each from its start to its end. */
export function subscribeLogs(needs: SubscribeNeeds, nsid: string): Route {
  return {
    kind: 'socket',
    open: asked =>
      open(needs, asked).catch((error: unknown) => {
        needs.journal.note({ kind: 'trouble', where: nsid, error });
        return refused(500, 'InternalServerError', 'the logs are not available');
      }),
  };
}

async function open(needs: SubscribeNeeds, { query }: Asked): Promise<Opened> {
  const name = readPipelineName(query.get('pipeline') ?? '');
  if (name === null) return refused(400, 'BadRequest', 'pipeline: is no record key of a pipeline');
  const wanted = new Set(query.getAll('workflows').filter(each => each !== ''));
  if (wanted.size > mostNamed) return refused(400, 'BadRequest', `workflows: are more than ${mostNamed}`);
  const found = await needs.store.pipeline(name);
  if (found === undefined) return refused(404, 'NotFound', 'there is no such pipeline');
  const runs = found.runs.filter(({ plan }) => wanted.size === 0 || wanted.has(plan.workflow?.name ?? ''));
  if (found.runs.length === 0) return refused(400, 'BadRequest', 'the pipeline has no workflows');
  return {
    result: 'open',
    talk: async talker => {
      if (wanted.size > runs.length)
        await talker.write(binaryFrame(errorMessage('WorkflowNotFound', 'no such workflow')));
      else await Promise.all(runs.map(run => tell(needs, run, talker)));
      talker.close(1000, 'log stream complete');
    },
  };
}

/** Never rejects: what cannot be read ends, as the rest does. */
async function tell(needs: SubscribeNeeds, run: Run, talker: Talker): Promise<void> {
  const log = createStepLog();
  const workflow = run.plan.workflow?.name ?? '';
  try {
    for await (const news of followLog(needs, run.id, 0, talker.gone)) {
      const said = news.kind === 'end' ? log.end(news.status) : news.lines.flatMap(line => log.read(line));
      const frames = said.map(each => binaryFrame(logMessage(workflow, each)));
      for (const some of portions(frames, ({ length }) => length, batchBytes))
        await talker.write(Buffer.concat(some));
    }
  } catch (error) {
    needs.journal.note({ kind: 'trouble', where: 'subscribePipelineLogs', error });
  }
}

const refused = (status: number, error: string, message: string): Opened => ({
  result: 'refused',
  page: jsonPage(status, { error, message }),
});
