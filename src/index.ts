/**
 * What a program that embeds signalbox may rely on: reading a configuration, opening the house, ending it. With the
 * contracts and the nouns they speak of, for who writes another source, executor or reporter.
 */
export { openApp } from './app.ts';
export type { App, AppOptions } from './app-options.ts';
export { uiDirectory } from './cli/ui-directory.ts';
export { version } from './cli/version.ts';
export { noOverrides, type Overrides } from './config/assemble.ts';
export type { Config, LoadedConfig } from './config/config.ts';
export { jobEnvironment } from './config/env.ts';
export { loadConfig, parseConfig } from './config/load.ts';
export { formatProblem, type Problem } from './config/problem.ts';
export type { Checkout, Workspace } from './contracts/checkout.ts';
export type { Clock } from './contracts/clock.ts';
export type { ExecutionContext, Executor } from './contracts/executor.ts';
export type { Reported, Reporter } from './contracts/reporter.ts';
export type { Heard, HttpSource, Received, Reply, Speech, StreamSource, Told } from './contracts/source.ts';
export type { Store } from './contracts/store.ts';
export type { Transport } from './contracts/transport.ts';
export type { Call } from './domain/call.ts';
export type { Condition } from './domain/condition.ts';
export type { Authentication, Delivery } from './domain/delivery.ts';
export { type ErrorCode, errorCodes, SignalboxError } from './domain/errors.ts';
export { type Event, type EventType, eventTypes, type NewEvent } from './domain/event.ts';
export type { Explanation } from './domain/explanation.ts';
export type { DeliveryId, EventId, RunId } from './domain/id.ts';
export type { Report } from './domain/report.ts';
export type { Action, Rule } from './domain/rule.ts';
export { type Outcome, outcomes, type Run, type RunStatus } from './domain/run.ts';
export type { Trigger } from './domain/trigger.ts';
export type { Verdict } from './domain/verdict.ts';
export { createMatchers } from './matchers/matchers.ts';
