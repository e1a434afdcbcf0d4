/** Queries over the demo shop, as an agent writes them: small, middle, and one of 300 lines. */
export const samples: Readonly<Record<'small' | 'middle' | 'large', string>> = {
  small: "SELECT ID, NAME, EMAIL FROM CUSTOMERS WHERE CITY = 'Berlin' ORDER BY ID LIMIT 100",
  middle: `WITH spent AS (
  SELECT o.CUSTOMER_ID, COUNT(*) AS orders, SUM(o.TOTAL) AS total, MAX(o.ORDER_DATE) AS last_order
  FROM ORDERS o
  JOIN ORDER_ITEMS i ON i.ORDER_ID = o.ID
  WHERE o.ORDER_DATE >= DATEADD(month, -6, CURRENT_DATE()) AND o.STATUS IN ('paid', 'shipped')
  GROUP BY o.CUSTOMER_ID
)
SELECT c.ID, c.NAME, UPPER(c.CITY) AS city, s.orders, s.total,
  CASE WHEN s.total > 1000 THEN 'large' WHEN s.total > 100 THEN 'middle' ELSE 'small' END AS size,
  ROW_NUMBER() OVER (PARTITION BY c.COUNTRY ORDER BY s.total DESC) AS place
FROM CUSTOMERS c
LEFT JOIN spent s ON s.CUSTOMER_ID = c.ID
WHERE c.COUNTRY = 'DE'
ORDER BY s.total DESC
LIMIT 50`,
  large: large(),
};

/** Thirty steps of ten lines, each on the one before. */
function large(): string {
  const steps = Array.from({ length: 30 }, (_, step) => {
    const from = step === 0 ? 'ORDERS' : `step_${step - 1}`;
    return `step_${step} AS (
  SELECT
    t.ID,
    t.CUSTOMER_ID,
    t.STATUS,
    COALESCE(t.TOTAL, 0) + ${step} AS TOTAL,
    IFF(t.TOTAL > ${step * 10}, 'over', 'under') || '_${step}' AS mark_${step}
  FROM ${from} t
  JOIN CUSTOMERS c ON c.ID = t.CUSTOMER_ID
  WHERE t.TOTAL BETWEEN ${step} AND 100000 AND c.COUNTRY <> 'XX')`;
  });
  return `WITH ${steps.join(',\n')}\nSELECT ID, CUSTOMER_ID, STATUS, SUM(TOTAL) AS total\nFROM step_29\nGROUP BY ID, CUSTOMER_ID, STATUS`;
}
