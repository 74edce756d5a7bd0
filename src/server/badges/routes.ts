import type { FastifyInstance, FastifyReply } from 'fastify';
import type { Store } from '../../contracts/store.ts';
import { SignalboxError } from '../../domain/errors.ts';
import type { Rule } from '../../domain/rule.ts';
import { badgeSvg } from './badge.ts';
import { ccXml } from './cc-xml.ts';
import { standingOf } from './standing.ts';

export interface BadgeNeeds {
  readonly store: Pick<Store, 'runs'>;
  readonly rules: () => readonly Rule[];
  readonly adminUrl: () => string;
}

/** Each costs a look at its latest runs. */
const mostProjects = 200;

/**
 * `GET /badge/{rule}.svg?branch=` and `GET /cc.xml`, behind whatever guards the scope. Only rules in force have a badge:
 * nobody learns of others.
 */
export function addBadges(scope: FastifyInstance, { store, rules, adminUrl }: BadgeNeeds): void {
  scope.get<{ Params: { file: string }; Querystring: { branch?: unknown } }>(
    '/badge/:file',
    { schema: { hide: true } },
    async ({ params, query }, reply) => {
      const rule = params.file.replace(/\.svg$/, '');
      if (rule === params.file || rules().every(({ name }) => name !== rule))
        throw new SignalboxError('not_found', 'there is no such badge: badges are /badge/{rule}.svg');
      const branch = typeof query.branch === 'string' && query.branch !== '' ? query.branch : null;
      const { last } = await standingOf(store, rule, branch);
      return shown(reply, 'image/svg+xml').send(badgeSvg(rule, last?.outcome ?? null));
    },
  );
  scope.get('/cc.xml', { schema: { hide: true } }, async (_request, reply) => {
    const projects = rules()
      .slice(0, mostProjects)
      .map(async ({ name }) => ({
        name,
        standing: await standingOf(store, name, null),
        url: `${adminUrl().replace(/\/$/, '')}/#/rules/${encodeURIComponent(name)}`,
      }));
    return shown(reply, 'text/xml; charset=utf-8').send(ccXml(await Promise.all(projects)));
  });
}

/** Pages of others may show it where it may be seen at all; nobody keeps it, for the next run changes it. */
const shown = (reply: FastifyReply, type: string): FastifyReply =>
  reply.type(type).header('cross-origin-resource-policy', 'cross-origin').header('cache-control', 'no-cache');
