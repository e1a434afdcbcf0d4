export { type PolicyParts, registerPolicy } from './policy-routes.ts';
