import type { CodeAssist } from '../design/code-editor.tsx';
import { WORDS } from '../words.ts';
import { choicesAt, helpAt, type Schema } from './schema-help.ts';
import { ITEM, placeAt } from './yaml-place.ts';

/** Help with a policy file while it is written, from the schema of the relay that would read it. */
export function policyAssist(schema: Schema): CodeAssist {
  return {
    complete(text, offset) {
      const place = placeAt(text, offset);
      if (place === null) return null;
      const options = choicesAt(schema, place).map(({ text: label, kind, description, isRequired }) => ({
        label,
        detail: isRequired ? WORDS.policy.draft.required(kind) : kind,
        info: description,
        apply: place.writes === 'key' ? `${label}: ` : label,
      }));
      return { from: place.from, options };
    },
    explain(text, offset) {
      const place = placeAt(text, offset);
      if (place === null) return '';
      const help = helpAt(schema, place);
      return help === '' ? '' : `${place.path.filter((step) => step !== ITEM).join(' › ')}: ${help}`;
    },
  };
}
