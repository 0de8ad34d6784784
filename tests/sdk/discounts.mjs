// A checkout with a code and a gift, as a storefront that uses the official SDK does it. Prints what the test holds against
// figures of its own.
import { euros, merchant, of, product, refusal, shippingMethod, visitor } from "./shop.mjs";

const sticker = await of(merchant.products().post({ body: product("sticker", euros(100)) }));
const named = (name) => ({ key: name, name: { en: name } });
const reduced = await of(
  merchant.cartDiscounts().post({
    body: {
      ...named("three-off"),
      value: { type: "absolute", money: [euros(300)] },
      target: { type: "lineItems", predicate: "true" },
      cartPredicate: "true",
      sortOrder: "0.5",
      requiresDiscountCode: true,
    },
  }),
);
await of(
  merchant.cartDiscounts().post({
    body: {
      ...named("sticker-from-30"),
      value: { type: "giftLineItem", product: { typeId: "product", id: sticker.id }, variantId: 1 },
      cartPredicate: 'totalPrice >= "30.00 EUR"',
      sortOrder: "0.4",
    },
  }),
);
const code = await of(
  merchant.discountCodes().post({
    body: { code: "WELCOME", cartDiscounts: [{ typeId: "cart-discount", id: reduced.id }], maxApplications: 1 },
  }),
);

const draft = {
  currency: "EUR",
  country: "DE",
  lineItems: [{ sku: "mug", quantity: 3 }],
  shippingAddress: { country: "DE", city: "Berlin" },
  shippingMethod: { typeId: "shipping-method", id: shippingMethod.id },
};
const fill = () => of(visitor.me().carts().post({ body: draft }));
const enter = (cart) =>
  visitor
    .me()
    .carts()
    .withId({ ID: cart.id })
    .post({ body: { version: cart.version, actions: [{ action: "addDiscountCode", code: "WELCOME" }] } });
const before = await fill();
const cart = await of(enter(before));
const order = await of(visitor.me().orders().post({ body: { id: cart.id, version: cart.version } }));
const late = await of(enter(await fill()));

console.log(
  JSON.stringify({
    before: before.totalPrice.centAmount,
    lines: Object.fromEntries(cart.lineItems.map((line) => [line.variant.sku, [line.lineItemMode, line.totalPrice.centAmount]])),
    codes: cart.discountCodes.map(({ state, discountCode }) => [state, discountCode.id === code.id]),
    ordered: order.totalPrice.centAmount,
    tax: order.taxedPrice.totalTax.centAmount,
    kept: order.discountCodes.map(({ discountCode }) => discountCode.id === code.id),
    usedUp: late.discountCodes.map(({ state }) => state),
    refused: await refusal(visitor.me().orders().post({ body: { id: late.id, version: late.version } })),
  }),
);
