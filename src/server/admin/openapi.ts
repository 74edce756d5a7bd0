import swagger from '@fastify/swagger';
import type { FastifyInstance } from 'fastify';
import { jsonSchemaTransform, jsonSchemaTransformObject } from 'fastify-type-provider-zod';

/** Describes every route that is added to the scope afterwards. */
export async function documentRoutes(scope: FastifyInstance, version: string): Promise<void> {
  await scope.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'signalbox', version, description: 'Look at events and runs, and act on them.' },
      components: { securitySchemes: { token: { type: 'http', scheme: 'bearer' } } },
      security: [{ token: [] }],
    },
    transform: jsonSchemaTransform,
    transformObject: source => {
      const document = jsonSchemaTransformObject(source);
      // Named schemas are answers; that each also has a form as input helps no reader.
      const schemas = 'components' in document ? (document.components?.schemas ?? {}) : {};
      for (const name of Object.keys(schemas)) if (name.endsWith('Input')) delete schemas[name];
      return document;
    },
  });
}
