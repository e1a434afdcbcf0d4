export type { Recorder } from './recorder.ts';
