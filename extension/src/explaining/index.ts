export { type Explained, explained, type Verdict } from './explained.ts';
