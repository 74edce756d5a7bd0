import { factsSuite } from './store/facts.suite.ts';
import { groupsSuite } from './store/groups.suite.ts';
import { holdsSuite } from './store/holds.suite.ts';
import { logsSuite } from './store/logs.suite.ts';
import type { OpenStore } from './store/open-store.suite.ts';
import { outboxSuite } from './store/outbox.suite.ts';
import { announcementsSuite, pipelinesSuite } from './store/pipelines.suite.ts';
import { planesSuite } from './store/planes.suite.ts';
import { questionsSuite } from './store/questions.suite.ts';
import { repoSecretsSuite } from './store/repo-secrets.suite.ts';
import { retentionSuite } from './store/retention.suite.ts';
import { runsSuite } from './store/runs.suite.ts';
import { sessionsSuite } from './store/sessions.suite.ts';
import { usedTokensSuite } from './store/used-tokens.suite.ts';

/** What every store does. `open` gives an empty one each time. */
export function storeSuite(name: string, open: OpenStore): void {
  factsSuite(name, open);
  runsSuite(name, open);
  groupsSuite(name, open);
  holdsSuite(name, open);
  outboxSuite(name, open);
  logsSuite(name, open);
  questionsSuite(name, open);
  pipelinesSuite(name, open);
  announcementsSuite(name, open);
  repoSecretsSuite(name, open);
  retentionSuite(name, open);
  planesSuite(name, open);
  sessionsSuite(name, open);
  usedTokensSuite(name, open);
}
