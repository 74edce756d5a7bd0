import { configStateJson, configStateSchema } from '../json/config-state.ts';
import { type Endpoint, endpoint } from './endpoint.ts';
import { noBody, none } from './input.ts';

export const reloadConfig: Endpoint = endpoint({
  id: 'reloadConfig',
  summary:
    'Reads the configuration again; a broken one changes nothing, and the answer says what is wrong with it',
  params: none,
  query: none,
  body: noBody,
  errors: [],
  status: 200,
  answer: configStateSchema,
  handle: async needs => {
    await needs.reload();
    return configStateJson(needs.configState());
  },
});
