import assert from 'node:assert/strict';
import { generateKeyPairSync, sign } from 'node:crypto';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { hook, readAlready, request } from '../../../../../test/support/hooks/made.ts';
import { decide } from '../../decide.ts';
import { type Behaviour, ours, theirs } from '../../deviations.ts';
import { readHooks } from '../../file/read-hooks.ts';
import { judge } from '../judge.ts';
import type { Judgement } from '../judgement.ts';
import { providers } from './providers.ts';

interface Sample {
  readonly secret: string;
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Seconds since 1970. */
  readonly at: number;
}

const at = 1_700_000_000;
const slackBody =
  'token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c';

/** The examples that the providers publish; where they publish none, made with another program than ours. */
const published: Readonly<Record<string, Sample>> = {
  github: {
    secret: "It's a Secret to Everybody",
    body: 'Hello, World!',
    headers: {
      'X-Hub-Signature-256': 'sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17',
    },
    at,
  },
  gitlab: { secret: 'tökén', body: '{}', headers: { 'X-Gitlab-Token': byteString('tökén') }, at },
  gitea: {
    secret: "It's a Secret to Everybody",
    body: 'Hello, World!',
    headers: { 'X-Gitea-Signature': '757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17' },
    at,
  },
  slack: {
    secret: '8f742231b10e8888abcd99yyyzzz85a5',
    body: slackBody,
    headers: {
      'X-Slack-Request-Timestamp': '1531420618',
      'X-Slack-Signature': 'v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503',
    },
    at: 1_531_420_618,
  },
  stripe: {
    secret: 'whsec_test_secret',
    body: '{"id":"evt_test","object":"event"}',
    headers: {
      'Stripe-Signature': `t=1492774577,v0=00,v1=${'0'.repeat(64)},v1=691252e266ce41cb94d709c84e9580d4172b117a510bbc81723f657d2cd5d215`,
    },
    at: 1_492_774_577,
  },
  'standard-webhooks': {
    secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
    body: '{"test": 2432232314}',
    headers: {
      'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
      'webhook-timestamp': '1614265330',
      'webhook-signature': `v1a,abc v1,${'A'.repeat(43)}= v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=`,
    },
    at: 1_614_265_330,
  },
  // RFC 8032, 7.1, test 2: one byte, which stands for the time.
  discord: {
    secret: '3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c',
    body: '',
    headers: {
      'X-Signature-Timestamp': 'r',
      'X-Signature-Ed25519':
        '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00',
    },
    at,
  },
};

function byteString(text: string): string {
  return Buffer.from(text).toString('latin1');
}

function judged(type: string, sample: Sample, behaviour: Behaviour = ours): Judgement {
  return judgedRule({ match: { type, secret: sample.secret } }, sample, behaviour);
}

function judgedRule(
  rule: object,
  { body, headers, at }: Omit<Sample, 'secret'>,
  behaviour = ours,
): Judgement {
  const made = hook({ 'trigger-rule': rule }).rule;
  assert.ok(made !== null);
  const read = readAlready({
    fields: Object.entries(headers),
    signed: Buffer.from(body),
    receivedAt: at * 1000,
  });
  return judge({ behaviour, softSignatures: false }, made, read);
}

const kind = ({ holds, failure }: Judgement) => failure?.kind ?? (holds ? 'yes' : 'no');

test('each provider has an example', () => {
  assert.deepEqual(Object.keys(published).sort(), [...providers.keys()].sort());
});

for (const [type, sample] of Object.entries(published))
  describe(type, () => {
    test('what the provider itself has signed', () => {
      const judgement = judged(type, sample);
      assert.equal(kind(judgement), 'yes', JSON.stringify(judgement.explanation));
    });

    test('header names in any case', () => {
      const headers = Object.fromEntries(
        Object.entries(sample.headers).map(([name, value]) => [name.toUpperCase(), value]),
      );
      assert.equal(kind(judged(type, { ...sample, headers })), 'yes');
    });

    const other =
      type === 'discord' ? sample.secret.replace('3d', '4d') : sample.secret.replace(/.{4}$/, 'LaLa');

    test('another secret', () => assert.equal(kind(judged(type, { ...sample, secret: other })), 'unproven'));

    test('several secrets: which one it was is told by its place', () => {
      const given = { match: { type, secret: [other, sample.secret] } };
      const { holds, explanation } = judgedRule(given, sample);
      assert.equal(holds, true);
      assert.match(explanation.text, /sent it \(secret 2 of 2\)$/);
      assert.deepEqual(
        explanation.parts.slice(0, 2).map(({ holds }) => holds),
        [false, true],
      );
    });

    if (type !== 'gitlab')
      test('another body', () =>
        assert.equal(kind(judged(type, { ...sample, body: `${sample.body} ` })), 'unproven'));

    for (const name of Object.keys(sample.headers)) {
      test(`without ${name}`, () => {
        const { [name]: _, ...headers } = sample.headers;
        assert.equal(kind(judged(type, { ...sample, headers })), 'unproven');
      });

      test(`any other ${name}`, () => {
        const value = fc.oneof(fc.string(), fc.constant(''), fc.constant(`${sample.headers[name]}0`));
        fc.assert(
          fc.property(value, value => {
            const judgement = judged(type, { ...sample, headers: { ...sample.headers, [name]: value } });
            assert.equal(kind(judgement), 'unproven');
          }),
        );
      });
    }

    test('no secret is told, right or wrong', () => {
      const { secret } = sample;
      for (const given of [sample, { ...sample, body: 'x' }, { ...sample, headers: {} }]) {
        const text = JSON.stringify(judged(type, given));
        for (const form of [secret, secret.replace('whsec_', ''), byteString(secret)])
          assert.ok(!text.includes(form), text);
        for (const value of Object.values(sample.headers))
          assert.ok(value.length < 20 || !text.includes(value), text);
      }
    });

    test('to the original there is no such type', () => {
      assert.equal(kind(judged(type, sample, theirs)), 'other');
    });
  });

describe('the time that was signed', () => {
  for (const type of ['slack', 'stripe', 'standard-webhooks'])
    test(type, () => {
      const sample = published[type];
      assert.ok(sample);
      const after = (seconds: number) => judged(type, { ...sample, at: sample.at + seconds });
      assert.deepEqual(
        [-301, -300, 300, 301].map(seconds => kind(after(seconds))),
        ['unproven', 'yes', 'yes', 'unproven'],
      );
      const { explanation } = after(400);
      assert.match(explanation.text, /^the time in header ".*" is 400 s off; at most 300 s are allowed$/);
      assert.deepEqual(
        explanation.parts.map(({ holds }) => holds),
        [true, false],
      );
    });
});

test('Discord: a key of its own, and a time as it sends it', () => {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const secret = Buffer.from(publicKey.export({ format: 'jwk' }).x ?? '', 'base64url').toString('hex');
  const signature = sign(null, Buffer.from('1700000000{"type":1}'), privateKey).toString('hex');
  const headers = { 'X-Signature-Timestamp': '1700000000', 'X-Signature-Ed25519': signature };
  assert.equal(kind(judged('discord', { secret, body: '{"type":1}', headers, at })), 'yes');
  for (const odd of ['0'.repeat(64), 'f'.repeat(64)])
    assert.equal(kind(judged('discord', { secret: odd, body: '{"type":1}', headers, at })), 'unproven');
});

describe('a proof within a rule', () => {
  const { github } = published;
  assert.ok(github);
  const proof = (secret = github.secret) => ({ match: { type: 'github', secret } });
  const method = (value: string) => ({
    match: { type: 'value', value, parameter: { source: 'request', name: 'method' } },
  });
  const gitlab = { match: { type: 'gitlab', secret: 't' } };

  const cases: readonly (readonly [what: string, rule: object, wanted: string])[] = [
    ['one of two providers', { or: [gitlab, proof()] }, 'yes'],
    ['neither of two', { or: [gitlab, proof('other')] }, 'unproven'],
    ['neither, beside a plain no', { or: [proof('other'), method('GET')] }, 'unproven'],
    ['none, but something else that will do', { or: [proof('other'), method('POST')] }, 'yes'],
    ['behind a plain no', { and: [method('GET'), proof('other')] }, 'no'],
    ['before a plain no', { and: [proof('other'), method('GET')] }, 'unproven'],
    ['not proven', { not: proof('other') }, 'unproven'],
    ['not proven, as one of several', { or: [{ not: proof('other') }] }, 'unproven'],
    ['proven, under "not"', { not: proof() }, 'no'],
    ['not proven, twice under "not"', { not: { not: proof('other') } }, 'unproven'],
  ];
  for (const [what, rule, wanted] of cases)
    test(`${what}: ${wanted}`, () => {
      const judgement = judgedRule(rule, github);
      assert.equal(kind(judgement), wanted);
      assert.equal(judgement.holds, wanted === 'yes');
    });

  test('what is not proven is answered 401, whatever the deviations', () => {
    const made = hook({ id: 'a', 'trigger-rule': proof(), 'trigger-rule-mismatch-http-response-code': 204 });
    const serving = { headers: [], methods: [], multipartMemoryBytes: 1, longestBodyBytes: 100 };
    const behaviour: Behaviour = new Set(['extraProperties']);
    assert.equal(decide({ ...serving, behaviour }, [made], 'a', request({ text: '{}' })).answer?.status, 401);
    const headers = Object.entries(github.headers);
    const proven = request({ headers, text: github.body });
    assert.equal(decide({ ...serving, behaviour }, [made], 'a', proven).result, 'run');
  });
});

describe('secrets that are none', () => {
  const refusal = (type: string, secret: unknown, elsewhere = false) => {
    const file = JSON.stringify([{ id: 'deploy', 'trigger-rule': { match: { type, secret } } }]);
    const references = elsewhere ? null : { env: { KEY: 'no base64!' }, directory: '/' };
    const read = readHooks({ behaviour: ours, template: null, references }, Buffer.from(file));
    return read.result === 'refused' ? read.message : 'read';
  };

  test('refuse the file', () => {
    const hook = 'the hook "deploy", in "secret": ';
    assert.equal(refusal('github', ''), `${hook}a match of type "github" takes the secret of the webhook`);
    assert.match(refusal('github', undefined), /takes the secret of the webhook$/);
    assert.match(
      refusal('discord', 'abc'),
      /takes the public key of the application, 64 hexadecimal digits$/,
    );
    assert.match(refusal('standard-webhooks', ['whsec_AAAA', 'whsec_']), /takes base64, "whsec_" in front/);
    const referred = refusal('standard-webhooks', '${env:KEY}');
    assert.match(referred, /takes base64/);
    assert.doesNotMatch(referred, /no base64!/);
  });

  test('but not where they are not known', () => {
    assert.equal(refusal('standard-webhooks', '${env:KEY}', true), 'read');
  });

  test('base64 with and without its padding, and with the prefix or not', () => {
    for (const secret of ['whsec_AAAA', 'AAAA', 'AAA=', 'AAA', 'AA==', 'AA'])
      assert.equal(refusal('standard-webhooks', secret), 'read', secret);
    for (const secret of ['A', 'AA=', 'AAA-', 'AAAA\n', 'A A='])
      assert.notEqual(refusal('standard-webhooks', secret), 'read', secret);
  });
});
