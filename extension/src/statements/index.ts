export {
  awaitStatement,
  type Sending,
  sendStatement,
  type StatementsClient,
  type Waiting,
} from './send-statement.ts';
