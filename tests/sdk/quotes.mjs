// A buyer's quote from request to order, renegotiated once, as a storefront and a seller's program that use the official SDK do it.
// Prints what the test holds against figures of its own.
import { customer, merchant, of, refusal, shippingMethod } from "./shop.mjs";

const credentials = { email: "ada@example.com", password: "correct horse" };
await of(merchant.customers().post({ body: credentials }));
const ada = customer(credentials.email, credentials.password);
const cart = await of(
  ada
    .me()
    .carts()
    .post({
      body: {
        currency: "EUR",
        country: "DE",
        lineItems: [{ sku: "mug", quantity: 3 }],
        shippingAddress: { country: "DE", city: "Berlin" },
        shippingMethod: { typeId: "shipping-method", id: shippingMethod.id },
      },
    }),
);
const request = await of(
  ada
    .me()
    .quoteRequests()
    .post({ body: { cartId: cart.id, cartVersion: cart.version, comment: "Cheaper, please" } }),
);

const named = (typeId, document) => ({ typeId, id: document.id });
const staged = await of(
  merchant.stagedQuotes().post({
    body: {
      quoteRequest: named("quote-request", request),
      quoteRequestVersion: request.version,
      quoteRequestStateToAccepted: true,
    },
  }),
);
const offered = async (permyriad) => {
  const id = { ID: staged.quotationCart.id };
  const quotation = await of(merchant.carts().withId(id).get());
  const discounts = [{ value: { type: "relative", permyriad }, target: { type: "lineItems", predicate: "1 = 1" } }];
  const actions = [{ action: "setDirectDiscounts", discounts }];
  await of(merchant.carts().withId(id).post({ body: { version: quotation.version, actions } }));
  const { version } = await of(merchant.stagedQuotes().withId({ ID: staged.id }).get());
  const body = { stagedQuote: named("staged-quote", staged), stagedQuoteVersion: version, stagedQuoteStateToSent: true };
  return of(merchant.quotes().post({ body }));
};

const first = await offered(1000);
const mine = ada.me().quotes().withId({ ID: first.id });
const wish = { action: "requestQuoteRenegotiation", buyerComment: "A fifth, please" };
const declined = await of(mine.post({ body: { version: first.version, actions: [wish] } }));
const stale = await refusal(ada.me().orders().orderQuote().post({ body: { id: first.id, version: declined.version } }));
const second = await offered(2000);
const answered = { action: "changeQuoteState", quoteState: "RenegotiationAddressed" };
const addressed = await of(
  merchant.quotes().withId({ ID: first.id }).post({ body: { version: declined.version, actions: [answered] } }),
);
const body = { id: second.id, version: second.version, quoteStateToAccepted: true };
const order = await of(ada.me().orders().orderQuote().post({ body }));
const accepted = await of(ada.me().quotes().withId({ ID: second.id }).get());
const closed = await of(merchant.carts().withId({ ID: staged.quotationCart.id }).get());

console.log(
  JSON.stringify({
    asked: request.totalPrice.centAmount,
    offers: [first.totalPrice.centAmount, second.totalPrice.centAmount],
    states: [declined.quoteState, addressed.quoteState, accepted.quoteState],
    comment: declined.buyerComment,
    stale,
    ordered: order.totalPrice.centAmount,
    tax: order.taxedPrice.totalTax.centAmount,
    quote: order.quote.id === second.id,
    origin: order.origin,
    cartState: closed.cartState,
    again: await refusal(ada.me().orders().orderQuote().post({ body })),
  }),
);
