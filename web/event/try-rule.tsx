import type { ComponentChildren, VNode } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { ApiError } from '../api.ts';
import { useBox } from '../box.ts';
import type { EventFacts, Verdict } from '../wire.ts';
import { RuleCard } from './rule-card.tsx';
import './try-rule.css';

/** People are still typing. */
const typingMs = 350;

type Trial =
  | { readonly status: 'asking' }
  | { readonly status: 'answered'; readonly verdicts: readonly Omit<Verdict, 'runs'>[] }
  /** The text is no rule: where, and why. */
  | { readonly status: 'refused'; readonly reason: string };

/** A rule that is written, and what it would answer to the event, while it is written. */
export function TryRule(props: {
  readonly event: EventFacts;
  /** The rule to begin with; null: one that would match. */
  readonly rule: string | null;
  /** Where it can be put away. */
  readonly close?: () => void;
  readonly title?: string;
  /** Above it: which event. */
  readonly children?: ComponentChildren;
}): VNode {
  const { event, rule, close, title = 'Try a rule' } = props;
  const { api } = useBox();
  const [yaml, write] = useState<string | null>(null);
  const [trial, answer] = useState<Trial>({ status: 'asking' });

  useEffect(() => {
    let isCurrent = true;
    const begin = (text: string): void => {
      if (isCurrent) write(text);
    };
    if (rule === null) begin(sketch(event));
    // Rules that stand in no file (scripts, hooks) are begun anew.
    else
      void api.ruleText(rule).then(
        text => begin(text ?? sketch(event)),
        () => begin(sketch(event)),
      );
    return () => {
      isCurrent = false;
    };
  }, [rule]);

  useEffect(() => {
    if (yaml === null) return undefined;
    let isCurrent = true;
    const ask = async (): Promise<void> => {
      try {
        const verdicts = await api.tryRules(event.id, yaml);
        if (isCurrent) answer({ status: 'answered', verdicts });
      } catch (error) {
        if (isCurrent) answer({ status: 'refused', reason: ApiError.from(error).message });
      }
    };
    const timer = setTimeout(() => void ask(), typingMs);
    return () => {
      isCurrent = false;
      clearTimeout(timer);
    };
  }, [yaml, event.id]);

  return (
    <section class="try-rule" aria-label={title}>
      <header class="try-rule-head">
        <div>
          <h2>{title}</h2>
          <p class="soft small">As in the configuration file. Nothing is stored, nothing runs.</p>
        </div>
        {close !== undefined && (
          <button type="button" class="button" onClick={close}>
            Close
          </button>
        )}
      </header>
      {props.children}
      <div class="try-rule-sides">
        <div class="try-rule-text">
          <textarea
            aria-label="The rule, in YAML"
            class="field"
            spellcheck={false}
            autoCapitalize="off"
            rows={Math.min(24, Math.max(10, (yaml ?? '').split('\n').length + 1))}
            value={yaml ?? ''}
            onInput={({ currentTarget }) => write(currentTarget.value)}
          />
        </div>
        <div class="try-rule-answer" aria-live="polite">
          <Answer trial={trial} />
        </div>
      </div>
    </section>
  );
}

function Answer({ trial }: { readonly trial: Trial }): VNode {
  switch (trial.status) {
    case 'asking':
      return <p class="soft">Asking…</p>;
    case 'refused':
      return <pre class="try-rule-refused">{trial.reason}</pre>;
    case 'answered':
      return trial.verdicts.length === 0 ? (
        <p class="soft">There is no rule here yet.</p>
      ) : (
        <div class="rule-cards">
          {trial.verdicts.map(verdict => (
            <RuleCard key={verdict.rule} verdict={verdict} />
          ))}
        </div>
      );
  }
}

/** A rule that matches the event. JSON is YAML: names from outside cannot break out of it. */
function sketch({ type, repo, branch }: EventFacts): string {
  return [
    '- name: draft',
    `  on: ${type === 'other' ? 'push' : type}`,
    ...(repo === null ? [] : [`  repo: ${JSON.stringify(repo.name)}`]),
    ...(branch === null ? [] : [`  branch: ${JSON.stringify(branch)}`]),
    '  run: make test',
    '',
  ].join('\n');
}
