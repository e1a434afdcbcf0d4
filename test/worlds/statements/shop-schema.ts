/** As far as expressions are made to fit: what casts make of each other is part of what is tried. */
export type Type = 'text' | 'number' | 'date' | 'timestamp' | 'truth' | 'json';

export interface Column {
  readonly name: string;
  readonly type: Type;
  /** Whether a sensitive value is in it, as far as whoever makes statements knows. */
  readonly hot: boolean;
}

export interface Table {
  /** As it is written; without its schema when it is of PUBLIC. */
  readonly name: string;
  readonly columns: readonly Column[];
}

/** `name:type`, with `!` for a sensitive one. */
function table(name: string, columns: string): Table {
  return {
    name,
    columns: columns.split(' ').map((text) => {
      const [name = '', type = ''] = text.replace('!', '').split(':');
      return { name, type: type as Type, hot: text.endsWith('!') };
    }),
  };
}

export const customers = table(
  'CUSTOMERS',
  'ID:number NAME:text! EMAIL:text! PHONE:text! CARD_NUMBER:text! NATIONAL_ID:text! IBAN:text! BIRTH_DATE:date! CITY:text COUNTRY:text CREDIT_LIMIT:number! PROFILE:json! CREATED_AT:timestamp',
);

export const shopTables: readonly Table[] = [
  customers,
  table('ORDERS', 'ID:number CUSTOMER_ID:number ORDER_DATE:date STATUS:text TOTAL:number'),
  table('ORDER_ITEMS', 'ID:number ORDER_ID:number PRODUCT_ID:number QUANTITY:number'),
  table('PRODUCTS', 'ID:number NAME:text CATEGORY:text PRICE:number'),
  table('PAYMENTS', 'ID:number ORDER_ID:number CARD_NUMBER:text! AMOUNT:number PAID_AT:timestamp'),
  table('SUPPORT_TICKETS', 'ID:number CUSTOMER_ID:number SUBJECT:text BODY:text! OPENED_AT:timestamp'),
  table('CUSTOMER_OVERVIEW', 'ID:number NAME:text! CONTACT:text! CITY:text ORDERS:number REVENUE:number'),
  table('REVENUE_BY_MONTH', 'MONTH:date ORDERS:number REVENUE:number'),
];

/** Parts of a PROFILE: those that are sensitive, those that are not, and what is above both. */
export const profilePaths = {
  hot: [
    'contact.email',
    'contact.phone',
    'contact',
    'identity',
    'identity.national_id',
    'identity.document',
    'identity.issued',
  ],
  cold: ['preferences', 'preferences.newsletter', 'preferences.tags', 'preferences.tags[0]'],
} as const;

/** The one sequence that statements make, and draw numbers from. */
export const SEQUENCE = 'SCRATCH.S1';
