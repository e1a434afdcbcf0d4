/**
 * The build knows the language of 2023, which Node 20 and the browsers of that year have, and no API of Node's or of a
 * page's. All that is used beside the language is declared here.
 */
declare function structuredClone<Value>(value: Value): Value;
