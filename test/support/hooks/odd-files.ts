import type { Random } from '../../crash/random.ts';

/** What the hooks of these files do when they are asked: print what the file made of a value. */
const prints = '"execute-command":"/bin/echo","include-command-output-in-response":true';
const hook = (more = '') => `{"id":"f",${prints}${more}}`;
const printing = (name: string) =>
  `{"id":"f",${prints},"pass-arguments-to-command":[{"source":"string","name":${name}}]}`;
const block = (name: string) => `- id: f
  execute-command: /bin/echo
  include-command-output-in-response: true
  pass-arguments-to-command:
  - source: string
    name: ${name}
`;

/** Hooks files with one oddity each; the hook to ask is "f", and where it has no id, "". */
export const oddFiles: readonly string[] = [
  `[${hook()}]`,
  `# comment\n[${hook()}]`,
  `[${hook()},]`,
  `[\n\t${hook()}\n]`,
  `\ufeff[${hook()}]`,
  `// comment\n[${hook()}]`,
  `[${hook()} // comment\n]`,
  `[${hook()}, # comment\n]`,
  '[{"id":"f",\n// comment\n"execute-command":"/bin/echo"}]',
  '[{"id":"f", // comment\n"execute-command":"/bin/echo"}]',
  '[{"id":"f"\n,x\ny:1}]',
  '[{"id":"f",x\ny: 1}]',
  '[{"id":"f","x\ny":1}]',
  `[${hook().replaceAll('"', "'")}]`,
  `[{id: f, execute-command: /bin/echo, include-command-output-in-response: true}]`,
  `[{id: f,execute-command: /bin/echo,}]`,
  `[${hook().replace('"id"', '"ID"').replace('execute-command', 'Execute-Command')}]`,
  `[${hook(',"nosense":1')}]`,
  `[${hook(',"run":{"mode":"accepted"},"pass-stdin-to-command":[{"source":"string","name":"x"}]')}]`,
  `[${hook(',"trigger-rule":{"match":{"type":"github","secret":"a","trusted-proxies":[]}}')}]`,
  `[${hook(',"trigger-rule":{"match":{"type":"payload-hmac-sha1","secret":["a","b"]}}')}]`,
  `[${hook().replace('"f"', '"{f}"')}]`,
  `[${hook(',"id":"g"')}]`,
  `[${hook(',"response-message":"a","response-message":"b"')}]`,
  `[${hook()},${hook(',"success-http-response-code":201')}]`,
  `[{${prints}}]`,
  '[{"id":"f"}]',
  `[null,${hook()}]`,
  `[${hook()},"text"]`,
  `[${hook(',"response-headers":{"X-A":"b"}')}]`,
  `[${hook(',"response-headers":[{"name":"x-a","value":1}]')}]`,
  `[${hook(',"http-methods":"GET"')}]`,
  `[${hook(',"http-methods":[GET, 1]')}]`,
  `[${hook(',"success-http-response-code":"201"')}]`,
  `[${hook(',"success-http-response-code":201.0')}]`,
  `[${hook(',"success-http-response-code":201.5')}]`,
  `[${hook(',"success-http-response-code":0xC9')}]`,
  `[${hook(',"success-http-response-code":null')}]`,
  `[${hook().replace(':true', ':"true"')}]`,
  `[${hook().replace(':true', ': yes')}]`,
  `[${hook().replace(':true', ': on')}]`,
  `[${hook().replace(':true', ': 1')}]`,
  `[${printing('"a\\/b"')}]`,
  `[${printing('"\\ud83d\\ude00"')}]`,
  `[${printing('"\\u00e9\\x41\\e"')}]`,
  `[${printing('"it\\\'s"')}]`,
  `[${printing('"a\\qb"')}]`,
  `[${printing('"a\n   b"')}]`,
  `[${printing('"a\n\n   b"')}]`,
  `[${printing("'it''s'")}]`,
  `[${printing('[1]')}]`,
  `[${printing('{"a":1}')}]`,
  `[${hook()}]\n---\n[]`,
  hook(),
  '"text"',
  '1',
  'null',
  '[]',
  '',
  '---\n',
  `[${hook()}`,
  `[${hook()}}`,
  `[${hook().slice(0, -1)}]`,
  `[${hook().replace(',', '')}]`,
  `[${hook(',"trigger-rule":null')}]`,
  `[${hook(',"trigger-rule":[]')}]`,
  `[${hook(',"trigger-rule":{"and":{}}')}]`,
  `[${hook(',"trigger-rule":{"and":null}')}]`,
  `[${hook(',"trigger-rule":{"or":[["match"]]}')}]`,
  `[${hook(',"trigger-rule":{"and":[],"match":5}')}]`,
  `[${hook(',"trigger-rule":{"and":["not": {}]}')}]`,
  `[${hook(',"pass-arguments-to-command":null')}]`,
  `[${hook(',"pass-arguments-to-command":[null]')}]`,
  `[${hook(',"pass-arguments-to-command":"a"')}]`,
  `[${hook(',"pass-arguments-to-command":[a]')}]`,
  `base: &base\n  id: f\n- *base`,
  `- &a\n  id: f\n  execute-command: /bin/echo\n- <<: *a\n  id: ""\n  response-message: merged`,
  `- &a [*a]`,
  `- *missing`,
  '- id: f\n  execute-command: !!str /bin/echo',
  block('!!binary aGVsbG8='),
  block('!!str 12'),
  block('|\n     two\n     lines'),
  block('>-\n     two\n     lines'),
  block('|\n     two\n     lines').trimEnd(),
  block('|-\n     two\n     lines').trimEnd(),
  block('>\n     two\n     lines\n\n'),
  block('"double"'),
  block("'single'"),
  block('text # comment'),
  block('a: b'),
  block('*'),
  block('@x'),
  block('`x`'),
  block('%x'),
  block('[x'),
  block('- x'),
  '- id: f\n\texecute-command: /bin/echo',
  '- id: f\n   execute-command: /bin/echo',
  'id: f\nexecute-command: /bin/echo',
  '- id: f\n  trigger-rule: {\n  "and": []\n  }',
  '- id: f\n  trigger-rule: {\n"and": []\n}\n  execute-command: /bin/echo',
  '- id: f\n  trigger-rule:\n  {\n  "and": [\n  ]\n  }',
  '-\n{"id":"f"}',
  '- {\n"id":"f", # }\n"execute-command":\n"/bin/echo"\n}',
  '- id: f\n  response-message: "two\nlines \\" [\n"\n  http-methods: [\nGET]',
  "- id: f\n  response-message: it's [\n  http-methods: [GET]",
  '- id: f\n  response-message: |\n    - [\n    x\n  http-methods: [\nGET]',
  '- id: f\n  trigger-rule: {\n"and": []\n- id: ""',
  '- id: 12\n- ID: f',
  '- {id: f, 1: x, true: y, 1.5: z}',
  '- {id: f, ~: x}',
  '- {id: f, [a]: x}',
];

/**
 * A file whose one hook prints scalars that are written without quotes; but none that ends in a point or has an exponent
 * without a sign, which the two versions of the original read differently.
 */
export function randomScalars(random: Random, count: number): string {
  const scalars = Array.from({ length: count }, () => {
    const kind = random.pick(['number', 'number', 'number', 'float', 'word']);
    switch (kind) {
      case 'number':
        return (
          random.pick(['', '', '', '-', '+', '0x', '0b', '0o', '0', '-0x']) +
          digits(random, random.pick(['0123456789', '01', '0123456789abcdef', '01234567', '0123456789_']))
        );
      case 'float':
        return `${random.pick(['', '-', '+'])}${digits(random, '0123456789')}${random.pick(['.5', '.25', '.0'])}${random.pick(['', '', 'e+3', 'e-7', 'E+12', 'e-40', 'e+400'])}`;
      default:
        return random.pick([
          'y',
          'Y',
          'yes',
          'Yes',
          'YES',
          'on',
          'On',
          'ON',
          'n',
          'no',
          'off',
          'OFF',
          'true',
          'True',
          'TRUE',
          'tRue',
          '~',
          'null',
          'Null',
          'nUll',
          '.inf',
          '-.Inf',
          '+.INF',
          '.nan',
          '.NaN',
          '.',
          '..',
          '.5',
          '-.5',
          '.5e+3',
          '._5',
          '1.5_5',
          '2001-01-01',
          '2001-1-1t1:1:1Z',
          '12:30:45',
          '190:20:30',
          '0.1.2',
          '1-2',
          '+',
          '-',
          'x',
          'a:b',
          '<<',
          '=',
          'é',
        ]);
    }
  });
  const alike = scalars.filter(
    scalar => !/^[-+]?[0-9_]+(?:\.?|[eE]\d+)$/.test(scalar) || /^[-+]?\d+$/.test(scalar),
  );
  return `- id: f
  execute-command: /usr/bin/printf
  include-command-output-in-response: true
  pass-arguments-to-command:
  - source: string
    name: '<%s>\\n'
${alike.map(scalar => `  - source: string\n    name: ${scalar === '-' ? "'-'" : scalar}\n`).join('')}`;
}

const digits = (random: Random, alphabet: string): string =>
  Array.from({ length: random.between(1, random.pick([2, 5, 9, 22])) }, () =>
    random.pick(Array.from(alphabet)),
  ).join('');
