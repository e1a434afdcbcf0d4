export type {
  HeldApproval,
  Progress,
  Prompt,
  RunStatement,
  StatementOutcome,
  StatementRequest,
} from './gate/statement-request.ts';
