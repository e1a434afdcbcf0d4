import type { CopyStatement } from '../tree/copy.ts';
import { copy } from './copy.ts';
import type { CreateBuilding } from './create-building.ts';
import { dataType } from './data-type.ts';
import { startsQuery } from './lookahead.ts';
import { optionAfter } from './options.ts';
import { parameters, returns, routineBody } from './routine.ts';
import { wordsOf } from './names.ts';
import {
  type Parser,
  areWords,
  eatSymbol,
  endOf,
  expectSymbol,
  expectWord,
  isSymbol,
  refuse,
} from './parser.ts';

/** The part after AS, which depends on the type of object. */
export function createBody(p: Parser, node: CreateBuilding): void {
  switch (node.objectType as string) {
    case 'function':
    case 'data_metric_function':
      expectWord(p, 'AS');
      node.body = routineBody(p, languageOf(node), 'function body');
      return;
    case 'procedure':
      expectWord(p, 'AS');
      node.body = routineBody(p, languageOf(node), 'statements');
      return;
    case 'external_function':
      node.options.push(optionAfter(p, wordsOf(p, 1)));
      return;
    case 'type':
      node.options.push(typeOption(p));
      return;
    default:
      if (isSymbol(p, 'string', 1) || isSymbol(p, 'dollars', 1))
        node.options.push(optionAfter(p, wordsOf(p, 1)));
      else if (node.objectType.endsWith('policy')) policyBody(p, node);
      else statementBody(p, node);
  }
}

function languageOf(node: CreateBuilding): string {
  const option = node.options.find(({ name }) => name.kind === 'words' && name.text === 'LANGUAGE');
  return option?.value?.kind === 'qualified_name' ? option.value.parts[0]!.name : 'SQL';
}

/** `AS (val STRING, ...) RETURNS STRING -> expression`. */
function policyBody(p: Parser, node: CreateBuilding): void {
  expectWord(p, 'AS');
  node.parameters = parameters(p);
  node.returns = returns(p);
  expectSymbol(p, '->');
  node.body = p.grammar.expression(p);
}

/** The query of a table or view, or the statement of a task (which may also be a query) or of a pipe. */
function statementBody(p: Parser, node: CreateBuilding): void {
  if (!/table$|view$|^(task|pipe|cortex_search_service)$/.test(node.objectType)) {
    refuse(p, '`;`', 'the end of the statement');
  }
  expectWord(p, 'AS');
  if (node.objectType === 'pipe') node.body = pipeBody(p);
  else if (node.objectType !== 'task' && (startsQuery(p) || isSymbol(p, '(')))
    node.query = p.grammar.query(p);
  else node.body = p.grammar.statement(p);
}

/** `COPY INTO t ...`, in parentheses or not. */
function pipeBody(p: Parser): CopyStatement {
  const parenthesized = eatSymbol(p, '(');
  if (!areWords(p, 'COPY', 'INTO')) refuse(p, '`COPY INTO`');
  const body = copy(p);
  if (parenthesized) expectSymbol(p, ')');
  return body;
}

function typeOption(p: Parser): CreateBuilding['options'][number] {
  const name = wordsOf(p, 1);
  const value = dataType(p);
  return { kind: 'option', start: name.start, end: endOf(p), name, value };
}
