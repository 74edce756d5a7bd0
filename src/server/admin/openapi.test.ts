import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import * as fc from 'fast-check';
import { type House, openHouse } from '../../../test/support/doors/open-house.ts';
import { apiRoutes } from '../api/routes.ts';

interface Schema {
  readonly $ref?: string;
  readonly type?: string;
  readonly enum?: readonly string[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly anyOf?: readonly Schema[];
}
interface Operation {
  readonly operationId: string;
  readonly parameters?: readonly {
    readonly name: string;
    readonly in: 'path' | 'query';
    readonly required: boolean;
    readonly schema: Schema;
  }[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: Schema }>> };
  readonly responses: Readonly<
    Record<string, { readonly content?: Readonly<Record<string, { readonly schema: Schema }>> }>
  >;
}
interface Document {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}

describe('the OpenAPI document', { timeout: 100_000 }, () => {
  let house: House;
  let document: Document;
  before(async () => {
    house = await openHouse();
    for (let count = 0; count < 3; count++) await house.deliver({ action: 'updated' });
    document = (await (await fetch(`${house.adminUrl}/api/openapi.json`)).json()) as Document;
  });
  after(() => house[Symbol.asyncDispose]());
  const operations = () =>
    Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({
        path,
        method: method.toUpperCase(),
        operation,
      })),
    );

  test('it is of version 3.1, names every route and no other, and all its references lead somewhere', () => {
    assert.equal(document.openapi, '3.1.0');
    const described = operations().map(({ method, path }) => `${method} ${path}`);
    const routed = apiRoutes.map(([method, path]) => `${method} ${path.replaceAll(/:(\w+)/g, '{$1}')}`);
    assert.deepEqual(described.sort(), routed.sort());
    assert.equal(new Set(operations().map(({ operation }) => operation.operationId)).size, routed.length);
    const references = JSON.stringify(document).matchAll(/"\$ref":"#\/components\/schemas\/(\w+)"/g);
    const named = new Set([...references].map(([, name = '']) => name));
    assert.deepEqual([...named].sort(), Object.keys(document.components.schemas).sort());
  });

  test('A107: whatever is asked, the answer is a documented one, never 500', async () => {
    for (const { path, method, operation } of operations()) {
      const property = fc.asyncProperty(call(operation), async ({ path: inPath, query, body }) => {
        const filled = path.replaceAll(/\{(\w+)\}/g, (_, name: string) =>
          encodeURIComponent(inPath[name] ?? ''),
        );
        const search = new URLSearchParams(query).toString();
        const abort = new AbortController();
        const response = await fetch(`${house.adminUrl}${filled}${search === '' ? '' : `?${search}`}`, {
          method,
          signal: abort.signal,
          headers: {
            authorization: `Bearer ${house.token}`,
            ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          },
          ...(body === undefined || method === 'GET' ? {} : { body: JSON.stringify(body) }),
        });
        // Some answers are streams without end.
        abort.abort();
        const documented = Object.keys(operation.responses);
        assert.ok(
          documented.includes(String(response.status)),
          `${operation.operationId} answered ${response.status}`,
        );
        const type = response.headers.get('content-type')?.split(';')[0];
        const types = Object.keys(operation.responses[response.status]?.content ?? {});
        assert.ok(
          types.length === 0 || types.includes(type ?? ''),
          `${operation.operationId} answered ${type}`,
        );
      });
      await fc.assert(property, { numRuns: 30, seed: 107 });
    }
    assert.deepEqual(
      house.notes.filter(note => note.kind === 'trouble'),
      [],
    );
  });
});

/** Calls of an operation: what its schemas allow, and what they do not. */
function call(
  operation: Operation,
): fc.Arbitrary<{ path: Record<string, string>; query: Record<string, string>; body: unknown }> {
  const of = (place: 'path' | 'query') =>
    Object.fromEntries(
      (operation.parameters ?? [])
        .filter(parameter => parameter.in === place)
        .map(({ name, schema }) => [
          name,
          fc.oneof(valid(schema), wild, fc.constant('last')).map(value => String(value)),
        ]),
    );
  const named = { ...of('path') };
  const body = operation.requestBody?.content['application/json']?.schema;
  return fc.record({
    path: fc
      .record(named)
      .map(values =>
        Object.fromEntries(Object.entries(values).map(([name, value]) => [name, value === '' ? 'x' : value])),
      ),
    query: fc
      .record(of('query'), { requiredKeys: [] })
      .map(given => Object.fromEntries(Object.entries(given).map(([name, value]) => [name, String(value)]))),
    body:
      body === undefined
        ? fc.constant(undefined)
        : fc.oneof(valid(body), fc.jsonValue(), fc.constant(undefined)),
  });
}

/** Text that breaks things. */
const wild: fc.Arbitrary<string> = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 50 }).filter(text => text.isWellFormed()),
  fc.constantFrom('__proto__', '%', '../..', '\u0000', "'; --", '-1', '1e400', 'NaN', 'x'.repeat(5000)),
);

function valid(schema: Schema): fc.Arbitrary<unknown> {
  if (schema.anyOf !== undefined) return fc.oneof(...schema.anyOf.map(valid));
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum);
  switch (schema.type ?? 'string') {
    case 'integer':
      return fc.integer({ min: schema.minimum ?? 0, max: Math.min(schema.maximum ?? 1000, 1_000_000) });
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    case 'object': {
      const fields = Object.entries(schema.properties ?? {}).map(
        ([name, field]) => [name, valid(field)] as const,
      );
      return fc.record(Object.fromEntries(fields), { requiredKeys: [...(schema.required ?? [])] });
    }
    default:
      return fc.oneof(fc.constantFrom('last', 'unit', 'acme/app', 'main'), wild);
  }
}
