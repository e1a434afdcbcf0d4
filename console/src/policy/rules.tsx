import type { PolicyRuleView } from '@sluice/contract';
import { Link } from '@tanstack/react-router';
import { Badge, type Meaning } from '../design/badge.tsx';
import { Notice } from '../design/notice.tsx';
import { Skeleton } from '../design/skeleton.tsx';
import { Failure } from '../relay/failure.tsx';
import { usePolicy } from '../relay/policy.ts';
import { WORDS } from '../words.ts';

const MEANING: Readonly<Record<PolicyRuleView['effect'], Meaning>> = {
  allow: 'agreed',
  mask: 'masked',
  ask: 'waits',
  block: 'refused',
};

/** Each rule in a sentence, with its lines of the file beside it. */
export function Rules() {
  const words = WORDS.policy.rules;
  const policy = usePolicy();
  if (policy.data === undefined) {
    return (
      <>
        <h1>{WORDS.policy.title}</h1>
        {policy.isError ? (
          <Failure error={policy.error} retry={() => void policy.refetch()} />
        ) : (
          <Skeleton rows={6} />
        )}
      </>
    );
  }
  const { rules, tags, policyVersion } = policy.data;
  return (
    <>
      <h1>
        {words.lead(rules.length)}
        {words.nothing}
      </h1>
      <p className="policy-under">
        <span title={policyVersion}>{words.version(policyVersion)}</span>
        <Link to="/policy" search={{ tab: 'draft' }}>
          {words.edit}
        </Link>
      </p>
      {rules.length === 0 && <Notice title={words.none}>{words.noneAdvice}</Notice>}
      <RuleList rules={rules} />
      {tags.length > 0 && (
        <>
          <h2>{words.tags}</h2>
          <ul className="rows">
            {tags.map(({ tag, columns, mask }) => (
              <li className="row policy-tag" key={tag}>
                <code>{tag}</code>
                <span>
                  <Badge means="masked">{mask}</Badge>
                </span>
                <span className="hint">
                  {columns.map((column) => (
                    <code key={column}>{column}</code>
                  ))}
                </span>
              </li>
            ))}
          </ul>
        </>
      )}
    </>
  );
}

function RuleList({ rules }: { readonly rules: readonly PolicyRuleView[] }) {
  const words = WORDS.policy.rules;
  return (
    <ol className="rows">
      {rules.map(({ name, effect, sentence, reason, line, text }) => (
        <li className="row policy-rule" key={name} id={`rule-${name}`}>
          <div>
            <div className="row-head">
              <h3>{name}</h3>
              <Badge means={MEANING[effect]}>{words.effects[effect]}</Badge>
            </div>
            <p>{sentence}</p>
            {reason !== null && <p className="row-more">{reason}</p>}
          </div>
          <figure className="policy-text">
            <figcaption className="row-more">
              {words.text}, {words.line(line)}
            </figcaption>
            <pre tabIndex={0} aria-label={`${name}, ${words.text}`} role="region">
              {text}
            </pre>
          </figure>
        </li>
      ))}
    </ol>
  );
}
