export { formatProblem, type Problem, readYaml, type ReadYaml, type YamlOptions } from './read-yaml.ts';
export { type Issue, issuesOf } from './wording.ts';
