// From an empty project to an order, as a storefront that uses the official SDK does it: an anonymous visitor fills a cart,
// signs up, signs in and orders. Prints what the test holds against figures of its own.
import { customer, merchant, of, refusal, shippingMethod, visitor } from "./shop.mjs";

let cart = await of(visitor.me().carts().post({ body: { currency: "EUR", country: "DE" } }));
cart = await of(
  visitor
    .me()
    .carts()
    .withId({ ID: cart.id })
    .post({
      body: {
        version: cart.version,
        actions: [
          { action: "addLineItem", sku: "mug", quantity: 3 },
          { action: "setShippingAddress", address: { country: "DE", city: "Berlin" } },
          { action: "setShippingMethod", shippingMethod: { typeId: "shipping-method", id: shippingMethod.id } },
        ],
      },
    }),
);
const signedUp = await of(visitor.me().signup().post({ body: { email: "ada@example.com", password: "correct horse" } }));
const ada = customer("ada@example.com", "correct horse");
const active = await of(ada.me().activeCart().get());
const order = await of(ada.me().orders().post({ body: { id: active.id, version: active.version } }));
const listed = await of(ada.me().orders().get({ queryArgs: { where: `id = "${order.id}"`, expand: ["cart"] } }));
const eve = await of(merchant.customers().post({ body: { email: "eve@example.com", password: "another horse" } }));

console.log(
  JSON.stringify({
    anonymousId: cart.anonymousId,
    total: cart.totalPrice.centAmount,
    tax: cart.taxedPrice.totalTax.centAmount,
    sameCart: signedUp.cart.id === cart.id && active.id === cart.id,
    owner: order.customerId === signedUp.customer.id,
    ordered: order.totalPrice.centAmount,
    cartState: listed.results[0].cart.obj.cartState,
    eve: eve.customer.email,
    stranger: await refusal(customer("eve@example.com", "another horse").me().orders().withId({ ID: order.id }).get()),
    wrongPassword: await refusal(merchant.login().post({ body: { email: "ada@example.com", password: "wrong" } })),
    stale: await refusal(ada.me().orders().post({ body: { id: active.id, version: active.version } })),
  }),
);
