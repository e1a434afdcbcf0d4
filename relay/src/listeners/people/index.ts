export { registerPeople, type PeopleParts } from './people-routes.ts';
export { personOf, whomWords } from './whose.ts';
