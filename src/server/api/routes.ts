import { drainAgent, listAgents, undrainAgent } from './agents.ts';
import type { Endpoint } from './endpoint.ts';
import { listEvents, replayEvent, showEvent } from './events.ts';
import { streamFeed } from './feed.ts';
import { showHealth } from './health.ts';
import { showEventInsights, showRuleInsights } from './insights.ts';
import { markLog, searchLog } from './log-scans.ts';
import { showLog, streamLog } from './logs.ts';
import { lookNow } from './look.ts';
import { listPools, pauseEverything, pausePool, resumeEverything, resumePool } from './pools.ts';
import { listRefusals } from './refusals.ts';
import { reloadConfig } from './reload.ts';
import { listRules, showRuleDurations, showRuleText, startRule, testRules } from './rules.ts';
import { approveOneRun, cancelOneRun, listRuns, rerunOneRun, showRun } from './runs.ts';
import { showSettings } from './settings.ts';
import { makeSignInLink } from './sign-in-links.ts';
import { listTokens, makeToken, revokeToken } from './tokens.ts';

export type Route = readonly [method: 'GET' | 'POST' | 'DELETE', path: string, endpoint: Endpoint];

/** The whole admin API. */
export const apiRoutes: readonly Route[] = [
  ['GET', '/api/events', listEvents],
  ['GET', '/api/events/:id', showEvent],
  ['POST', '/api/events/:id/replay', replayEvent],
  ['GET', '/api/runs', listRuns],
  ['GET', '/api/runs/:id', showRun],
  ['GET', '/api/runs/:id/log', showLog],
  ['GET', '/api/runs/:id/log/stream', streamLog],
  ['GET', '/api/runs/:id/log/search', searchLog],
  ['GET', '/api/runs/:id/log/marks', markLog],
  ['POST', '/api/runs/:id/cancel', cancelOneRun],
  ['POST', '/api/runs/:id/approve', approveOneRun],
  ['POST', '/api/runs/:id/rerun', rerunOneRun],
  ['GET', '/api/rules', listRules],
  ['POST', '/api/rules/test', testRules],
  ['POST', '/api/rules/:name/run', startRule],
  ['GET', '/api/rules/:name/text', showRuleText],
  ['GET', '/api/rules/:name/durations', showRuleDurations],
  ['GET', '/api/insights/rules', showRuleInsights],
  ['GET', '/api/insights/events', showEventInsights],
  ['GET', '/api/agents', listAgents],
  ['POST', '/api/agents/:name/drain', drainAgent],
  ['POST', '/api/agents/:name/undrain', undrainAgent],
  ['GET', '/api/pools', listPools],
  ['POST', '/api/pools/pause', pauseEverything],
  ['POST', '/api/pools/resume', resumeEverything],
  ['POST', '/api/pools/:name/pause', pausePool],
  ['POST', '/api/pools/:name/resume', resumePool],
  ['GET', '/api/health', showHealth],
  ['GET', '/api/settings', showSettings],
  ['GET', '/api/feed', streamFeed],
  ['GET', '/api/refusals', listRefusals],
  ['POST', '/api/reload', reloadConfig],
  ['POST', '/api/look', lookNow],
  ['GET', '/api/tokens', listTokens],
  ['POST', '/api/tokens', makeToken],
  ['DELETE', '/api/tokens/:name', revokeToken],
  ['POST', '/api/sign-in-links', makeSignInLink],
];
