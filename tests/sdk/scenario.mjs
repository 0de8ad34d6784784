// From an empty project to an order, as a storefront that uses the official SDK does it: an anonymous visitor fills a cart,
// signs up, signs in and orders. Prints what the test holds against figures of its own.
import { createApiBuilderFromCtpClient } from "@commercetools/platform-sdk";
import { ClientBuilder } from "@commercetools/ts-client";

const { ORDERWRIGHT_URL: host, PROJECT: projectKey, CLIENT_ID: clientId, CLIENT_SECRET: clientSecret } = process.env;
const auth = { host, projectKey, httpClient: fetch };
const http = { host, httpClient: fetch };
const scopes = ["manage_my_orders", "manage_my_profile", "manage_my_payments"].map((name) => `${name}:${projectKey}`);

const api = (builder) =>
  createApiBuilderFromCtpClient(builder.withHttpMiddleware(http).build()).withProjectKey({ projectKey });
const merchant = api(new ClientBuilder().withClientCredentialsFlow({ ...auth, credentials: { clientId, clientSecret } }));
const visitor = api(
  new ClientBuilder().withAnonymousSessionFlow({
    ...auth,
    scopes,
    credentials: { clientId, clientSecret, anonymousId: "visit-1" },
  }),
);
const customer = (username, password) =>
  api(
    new ClientBuilder().withPasswordFlow({ ...auth, scopes, credentials: { clientId, clientSecret, user: { username, password } } }),
  );
const euros = (centAmount) => ({ currencyCode: "EUR", centAmount });
const of = async (request) => (await request.execute()).body;
const refusal = async (request) => {
  try {
    await request.execute();
  } catch (error) {
    return { status: error.statusCode, code: error.body.errors[0].code };
  }
  throw new Error("was not refused");
};

const taxCategory = await of(
  merchant.taxCategories().post({
    body: { name: "Standard", rates: [{ name: "19%", amount: 0.19, includedInPrice: true, country: "DE" }] },
  }),
);
const zone = await of(merchant.zones().post({ body: { name: "Germany", locations: [{ country: "DE" }] } }));
const shippingMethod = await of(
  merchant.shippingMethods().post({
    body: {
      name: "Parcel",
      isDefault: true,
      taxCategory: { typeId: "tax-category", id: taxCategory.id },
      zoneRates: [{ zone: { typeId: "zone", id: zone.id }, shippingRates: [{ price: euros(495) }] }],
    },
  }),
);
const productType = await of(merchant.productTypes().post({ body: { name: "Goods", description: "Anything." } }));
await of(
  merchant.products().post({
    body: {
      productType: { typeId: "product-type", id: productType.id },
      name: { en: "Mug" },
      slug: { en: "mug-slug" },
      publish: true,
      taxCategory: { typeId: "tax-category", id: taxCategory.id },
      masterVariant: { sku: "mug", prices: [{ value: euros(1299) }] },
    },
  }),
);

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
