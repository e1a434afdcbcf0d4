/** All that is used of what Node and browsers have beside the language: for the build, which knows neither. */
declare function structuredClone<Value>(value: Value): Value;
