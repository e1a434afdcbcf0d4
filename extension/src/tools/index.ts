import { askForAccess } from './ask-for-access.ts';
import { describeTables } from './describe-tables.ts';
import { explainSql } from './explain-sql.ts';
import { listTablesTool } from './list-tables.ts';
import { runChange, runSql } from './run-sql.ts';
import type { AgentTool } from './tool.ts';
import { waitForStatement } from './wait-for-statement.ts';

export { answerOf } from './answer-of.ts';
export { tableText } from './describe-tables.ts';
export {
  type AgentTool,
  type Confirmation,
  MalformedInput,
  type Sizing,
  TOOLS_AGENT,
  type ToolCall,
} from './tool.ts';

/** In the order in which the manifest has them. */
export const AGENT_TOOLS: readonly AgentTool[] = [
  runSql,
  runChange,
  explainSql,
  listTablesTool,
  describeTables,
  askForAccess,
  waitForStatement,
];
