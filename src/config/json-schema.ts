import { z } from 'zod';
import type { Path } from './problem.ts';
import { configSchema } from './schema.ts';

export type JsonSchema = z.core.JSONSchema.JSONSchema;

/** The JSON Schema (2020-12) of `signalbox.yaml`, for editors and for the documentation. */
export function configJsonSchema(): JsonSchema {
  const schema = z.toJSONSchema(configSchema, {
    target: 'draft-2020-12',
    io: 'input',
    override: ({ zodSchema, jsonSchema }) => {
      // Dropped where a value is also transformed, though examples are written as users write them.
      const examples = z.globalRegistry.get(zodSchema)?.['examples'];
      if (Array.isArray(examples)) jsonSchema.examples = examples;
    },
  });
  return { ...schema, title: 'signalbox.yaml' };
}

/** The keys that may stand in the section at a path; none where there are no fixed ones. */
export function knownKeys(path: Path): readonly string[] {
  let schema: JsonSchema | undefined = configJsonSchema();
  for (const step of path)
    schema = step in (schema?.properties ?? {}) ? part(schema?.properties?.[step]) : itemsOf(schema);
  return Object.keys(schema?.properties ?? {});
}

/** What a list holds, or a section whose keys are free. */
export function itemsOf(schema: JsonSchema | undefined): JsonSchema | undefined {
  const { items, additionalProperties } = schema ?? {};
  return Array.isArray(items) ? undefined : (part(items) ?? part(additionalProperties));
}

export const part = (schema: JsonSchema | boolean | undefined): JsonSchema | undefined =>
  typeof schema === 'object' ? schema : undefined;
