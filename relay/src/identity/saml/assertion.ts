import { z } from 'zod';

/** What a signed assertion says of a person, and of the sign-in it answers. */
export interface Assertion {
  /** The entity id of who made it. */
  readonly issuer: string;
  /** The id of the request that it answers. */
  readonly inResponseTo: string;
  /** The address that it was made for. */
  readonly recipient: string;
  /** By when it has to be presented. */
  readonly presentBefore: number;
  /** Between which instants it is valid. */
  readonly notBefore: number;
  readonly notAfter: number;
  readonly nameId: string;
  /** When the person proved who they are: the earliest, where there are several. */
  readonly signedInAt: number;
  /** How (AuthnContextClassRef); null when it is not said, or not once. */
  readonly acr: string | null;
  /** When the provider wants the person to sign in again. */
  readonly sessionEndsAt: number | null;
  readonly attributes: ReadonlyMap<string, readonly string[]>;
}

/**
 * Reads the assertion of a web browser sign-in, more strictly than the library does: SAML 2.0 Profiles,
 * section 4.1.4.2, with one bearer confirmation that names its request and its recipient, a time, an audience
 * (which the library compares), and no other condition. Throws `ZodError`.
 *
 * @param signed the XML that the signature covers, as `xml2js` gives it: every element a list, text under
 *   `_`, attributes under `$`.
 */
export function readAssertion(signed: unknown): Assertion {
  const { Issuer, Subject, Conditions, AuthnStatement, AttributeStatement } =
    document.parse(signed).Assertion;
  const { NameID, SubjectConfirmation } = Subject[0];
  const { InResponseTo, Recipient, NotOnOrAfter } = SubjectConfirmation[0].SubjectConfirmationData[0].$;
  const ends = AuthnStatement.flatMap(({ $ }) => $.SessionNotOnOrAfter ?? []).map((end) => Date.parse(end));
  const attributes = Map.groupBy(
    AttributeStatement.flatMap(({ Attribute }) => Attribute),
    ({ $ }) => $.Name,
  );
  return {
    issuer: Issuer[0]._,
    inResponseTo: InResponseTo,
    recipient: Recipient,
    presentBefore: Date.parse(NotOnOrAfter),
    notBefore: Date.parse(Conditions[0].$.NotBefore),
    notAfter: Date.parse(Conditions[0].$.NotOnOrAfter),
    nameId: NameID[0]._,
    signedInAt: Math.min(...AuthnStatement.map(({ $ }) => Date.parse($.AuthnInstant))),
    acr: onlyOne(AuthnStatement.flatMap(({ AuthnContext }) => AuthnContext.flatMap(classesOf))),
    sessionEndsAt: ends.length === 0 ? null : Math.min(...ends),
    attributes: new Map(
      [...attributes].map(([name, given]) => [
        name,
        given.flatMap(({ AttributeValue }) => AttributeValue.flatMap(text)),
      ]),
    ),
  };
}

/** SAML Core, section 1.3.3: in UTC. */
const instant = z.iso.datetime();

const exactlyOne = <Schema extends z.ZodType>(schema: Schema) => z.tuple([schema]);

/** Transient ids name a sign-in, not a person: nobody could be revoked by them. */
const isLasting = (format: string | undefined) =>
  format !== 'urn:oasis:names:tc:SAML:2.0:nameid-format:transient';

const document = z.object({
  Assertion: z.object({
    $: z.object({ Version: z.literal('2.0') }),
    Issuer: exactlyOne(z.object({ _: z.string() })),
    Subject: exactlyOne(
      z.object({
        NameID: exactlyOne(
          z.object({
            _: z.string().min(1).max(500),
            $: z.object({ Format: z.string().optional().refine(isLasting) }).optional(),
          }),
        ),
        SubjectConfirmation: exactlyOne(
          z.object({
            $: z.object({ Method: z.literal('urn:oasis:names:tc:SAML:2.0:cm:bearer') }),
            SubjectConfirmationData: exactlyOne(
              z.object({
                $: z.object({
                  InResponseTo: z.string(),
                  Recipient: z.string(),
                  NotOnOrAfter: instant,
                  // The profile rules it out: what may not be presented yet is no answer.
                  NotBefore: z.never().optional(),
                }),
              }),
            ),
          }),
        ),
      }),
    ),
    // A condition that is not understood makes an assertion invalid (SAML Core, section 2.5.1); one that it be used
    // once and not kept cannot be met by who makes a token of it.
    Conditions: exactlyOne(
      z.strictObject({
        $: z.object({ NotBefore: instant, NotOnOrAfter: instant }),
        _: z.string().optional(),
        AudienceRestriction: z.array(z.unknown()).min(1),
      }),
    ),
    AuthnStatement: z
      .array(
        z.object({
          // SAML Core, section 2.7.2: AuthnInstant is required.
          $: z.object({ AuthnInstant: instant, SessionNotOnOrAfter: instant.optional() }),
          AuthnContext: z.array(z.unknown()).default([]),
        }),
      )
      .min(1),
    AttributeStatement: z
      .array(
        z.object({
          Attribute: z
            .array(
              z.object({
                $: z.object({ Name: z.string() }),
                AttributeValue: z.array(z.unknown()).default([]),
              }),
            )
            .default([]),
        }),
      )
      .default([]),
  }),
});

/** Of an AuthnContext, which need not name one. */
function classesOf(context: unknown): readonly string[] {
  const named = z.object({ AuthnContextClassRef: z.array(z.unknown()) }).safeParse(context);
  return named.success ? named.data.AuthnContextClassRef.flatMap(text) : [];
}

function onlyOne(classes: readonly string[]): string | null {
  const [only] = new Set(classes);
  return new Set(classes).size === 1 ? only!.trim() : null;
}

/** Of an attribute value; nothing for one that is empty or made of elements. */
function text(value: unknown): string[] {
  const read = z.object({ _: z.string().min(1) }).safeParse(value);
  return read.success ? [read.data._] : [];
}
