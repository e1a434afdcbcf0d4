import type { Route, RouteGroup, Routes } from '@sluice/contract';
import type { GivenAnswers, RequestParts, Row } from './asking.ts';

/** One route of the contract: the compiler asks for a row of each. */
export type ContractRow<Entry extends Route> = RequestParts & {
  readonly answers: GivenAnswers<Entry['authority']>;
  /** In the place of one plain request. */
  readonly ask?: Row['ask'];
};

export type ContractRows = {
  readonly [Group in RouteGroup]: {
    readonly [Name in keyof Routes[Group]]: Routes[Group][Name] extends Route
      ? ContractRow<Routes[Group][Name]>
      : never;
  };
};
