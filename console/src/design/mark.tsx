/** The product's mark, beside its name or above it. */
export function Mark({ size }: { readonly size: number }) {
  return <img src={new URL('./sluice.svg', import.meta.url).href} alt="" width={size} height={size} />;
}
