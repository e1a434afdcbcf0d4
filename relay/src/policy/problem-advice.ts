import type { UnderstandingProblem } from '@sluice/snowflake-sql';
import { shown, type ShownText } from '../text/index.ts';

/** How a statement can be written that was not understood. Nothing for mistakes: their messages say what is wrong. */
export function problemAdvice({ code, message }: UnderstandingProblem): { readonly advice?: ShownText } {
  switch (code) {
    case 'too_complex':
    case 'too_deep':
      return { advice: shown`split it into several smaller statements` };
    case 'unsupported':
      return { advice: unsupportedAdvice(message) };
    case 'syntax':
    case 'object_unknown':
    case 'column_unknown':
    case 'ambiguous':
    case 'invalid':
    case 'not_loaded':
      return {};
    default:
      return code satisfies never;
  }
}

function unsupportedAdvice(message: string): ShownText {
  if (/the columns that PIVOT derives/.test(message))
    return shown`list the values that become columns: PIVOT (... FOR ... IN ('a', 'b'))`;
  if (/number of columns|columns are not known/.test(message)) return shown`name the columns one by one`;
  if (/only known when the statement runs/.test(message)) return shown`write the name itself`;
  return shown`write this part in another way`;
}
