/** Takes the money, or says why not. In the same turn: the built-in test payment asks nobody. */
export interface Till {
  charge(
    payment: Payment,
  ):
    | { readonly ok: true; readonly method: string }
    | { readonly ok: false; readonly failure: 'payment_required' | 'payment_declined' };
}

/** What a client sent as payment, as it came; only the till reads it. */
export interface Payment {
  readonly method: string;
  readonly token?: string | undefined;
}
