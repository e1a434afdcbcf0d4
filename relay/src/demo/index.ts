export { type Demo, DEMO_POLICY, type DemoOptions, startDemo } from './demo.ts';
