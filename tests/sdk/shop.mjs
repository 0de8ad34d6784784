// The clients of a shop that uses the official SDK: a merchant's, a visitor's and customers', and a shop with one product.
import { createApiBuilderFromCtpClient } from "@commercetools/platform-sdk";
import { ClientBuilder } from "@commercetools/ts-client";

const { ORDERWRIGHT_URL: host, PROJECT: projectKey, CLIENT_ID: clientId, CLIENT_SECRET: clientSecret } = process.env;
const auth = { host, projectKey, httpClient: fetch };
const http = { host, httpClient: fetch };
const own = ["orders", "profile", "payments", "quotes", "quote_requests"];
// Her own orders are made from quotes with the scope of all quotes, as the API lists it.
const scopes = [...own.map((name) => `manage_my_${name}`), "manage_quotes"].map((name) => `${name}:${projectKey}`);

const api = (builder) =>
  createApiBuilderFromCtpClient(builder.withHttpMiddleware(http).build()).withProjectKey({ projectKey });
export const merchant = api(new ClientBuilder().withClientCredentialsFlow({ ...auth, credentials: { clientId, clientSecret } }));
export const visitor = api(
  new ClientBuilder().withAnonymousSessionFlow({
    ...auth,
    scopes,
    credentials: { clientId, clientSecret, anonymousId: "visit-1" },
  }),
);
export const customer = (username, password) =>
  api(
    new ClientBuilder().withPasswordFlow({ ...auth, scopes, credentials: { clientId, clientSecret, user: { username, password } } }),
  );
export const euros = (centAmount) => ({ currencyCode: "EUR", centAmount });
export const of = async (request) => (await request.execute()).body;
export const refusal = async (request) => {
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
export const shippingMethod = await of(
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
export const product = (sku, value) => ({
  productType: { typeId: "product-type", id: productType.id },
  name: { en: sku },
  slug: { en: `${sku}-slug` },
  publish: true,
  taxCategory: { typeId: "tax-category", id: taxCategory.id },
  masterVariant: { sku, prices: [{ value }] },
});
await of(merchant.products().post({ body: product("mug", euros(1299)) }));
