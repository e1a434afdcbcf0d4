export { ATTEMPTS } from './fourth-attempts.ts';
export { FILES } from './fourth-files.ts';
export { HARMLESS } from './fourth-harmless.ts';
