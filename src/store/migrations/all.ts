import type { Migration } from '../migration.ts';
import { first } from './0001-first.ts';
import { shortLogs } from './0002-short-logs.ts';
import { logUntil } from './0003-log-until.ts';
import { pipelines } from './0004-pipelines.ts';
import { logParts } from './0005-log-parts.ts';
import { planes } from './0006-planes.ts';
import { repoSecrets } from './0007-repo-secrets.ts';
import { holds } from './0008-holds.ts';
import { reportTimes } from './0009-report-times.ts';
import { sessions } from './0010-sessions.ts';
import { usedTokens } from './0011-used-tokens.ts';

/** Every step, in order. */
export const migrations: readonly Migration[] = [
  first,
  shortLogs,
  logUntil,
  pipelines,
  logParts,
  planes,
  repoSecrets,
  holds,
  reportTimes,
  sessions,
  usedTokens,
];
