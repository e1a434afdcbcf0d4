/**
 * What a tag of Snowflake's stands for where the policy's `snowflake_tags` says nothing of it: the policy's tags of the same
 * name. PII=EMAIL is `pii` and `pii.email`; what Snowflake's classification calls a column is any tag that ends so.
 *
 * @param own - the policy's tags.
 */
export function tagsByName(own: Iterable<string>, name: string, value: string): readonly string[] {
  const [tag, of] = [name.toLowerCase(), value.toLowerCase()];
  const called = tag === 'semantic_category' ? [of, ...(CALLED.get(of) ?? [])] : [];
  return [...own].filter((one) => {
    const text = one.toLowerCase();
    return text === tag || text === `${tag}.${of}` || called.includes(text.slice(text.lastIndexOf('.') + 1));
  });
}

/** Semantic categories of Snowflake's classification, and what people call such a column. */
const CALLED: ReadonlyMap<string, readonly string[]> = new Map([
  ['bank_account', ['iban', 'account_number']],
  ['date_of_birth', ['birth_date', 'birthday', 'dob']],
  ['email', ['mail', 'e_mail']],
  ['ip_address', ['ip']],
  ['national_identifier', ['national_id', 'ssn']],
  ['us_ssn', ['ssn', 'national_id', 'national_identifier']],
  ['payment_card', ['card', 'card_number', 'credit_card']],
  ['phone_number', ['phone']],
  ['street_address', ['address']],
]);
