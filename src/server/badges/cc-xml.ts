import type { Outcome } from '../../domain/run.ts';
import { iso } from '../json/time.ts';
import type { RuleStanding } from './standing.ts';
import { xmlText } from './xml-text.ts';

/** A rule as build monitors know a project. */
export interface CcProject {
  readonly name: string;
  readonly standing: RuleStanding;
  /** Where people look at it. */
  readonly url: string;
}

const statuses: Readonly<Record<Outcome, string>> = {
  success: 'Success',
  failure: 'Failure',
  error: 'Exception',
  timeout: 'Failure',
  lost: 'Exception',
  cancelled: 'Unknown',
  superseded: 'Unknown',
  skipped: 'Unknown',
};

/** What CCMenu, CCTray and their kin read: a project for each rule. */
export function ccXml(projects: readonly CcProject[]): string {
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<Projects>',
    ...projects.map(project),
    '</Projects>',
    '',
  ].join('\n');
}

function project({ name, standing: { last, isBusy }, url }: CcProject): string {
  const attributes = {
    name,
    activity: isBusy ? 'Building' : 'Sleeping',
    lastBuildStatus: last === null ? 'Unknown' : statuses[last.outcome],
    ...(last === null ? {} : { lastBuildLabel: last.run.id, lastBuildTime: iso(last.finishedAt) }),
    webUrl: url,
  };
  const written = Object.entries(attributes).map(([key, value]) => `${key}="${xmlText(value)}"`);
  return `  <Project ${written.join(' ')}/>`;
}
