"""What operations are for that are more than a verb on a resource: their words, which no name in the code has."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple


class Said(NamedTuple):
    """A summary, which a door adds its place to, and what there is to know beyond it. One of what is one's
    `own` says so itself."""

    summary: str
    description: str
    own: bool = False


_PASSWORD: Final = Said(
    "Change the password of a customer",
    "The old password shows that she may; a wrong one is `InvalidCurrentPassword`. Tokens to reset the old one are void then.",
)
_RESET: Final = Said(
    "Give a customer a new password by a token",
    "The token is one of `customers/password-token`, is used up, and all of her sessions end.",
)
_CONFIRMED: Final = Said(
    "Verify the email address of a customer",
    "By a token of `customers/email-token`, which is used up. She has `isEmailVerified` then.",
)
_EXPLAINED: Final = (
    "Each price, discount, tax and rounding in its order, with the amount before and after it and why it is so."
    " Nothing is stored."
)
_SEARCHED: Final = (
    "The body has the query, how it is sorted, and the page. Ids are answered; the documents are read by themselves."
    " While the search of"
    " the project is switched off, it is refused."
)
_STATUS: Final = "The status says it, and nothing else is answered."
_ASKED: Final = "The status says whether the search of the project is switched on. Nothing else is answered."
_READY: Final = "How far the search is: `Ready`, since when, and when its setting was changed last. 404 while it is switched off."
_ASSOCIATE: Final = Said(
    "Read an associate of a business unit",
    "The customer by her id, with her roles in this unit, those that she inherits from the units above it, and their"
    " permissions.",
)
_ATTRIBUTES: Final = Said(
    "Read some attributes of all variants of a product",
    "Those that `filter[attributes]` names, of each variant, so that the choices of a product can be shown without all of it.",
)
_SELECTIONS: Final = Said(
    "List the product selections of a product",
    "Product selections are not served, so the page of a product that is there is empty.",
)
_RATES: Final = "Each has the one zone and rate that fit, so that its price can be shown."

IRREGULAR: Final[Mapping[str, Said]] = {
    "GET api-clients": Said("List API clients", "A page of those that satisfy `where`, without their secrets."),
    "GET api-clients/*": Said("Read an API client by id", "Without its secret, which is shown only where it is created."),
    "POST carts/replicate": Said(
        "Create a cart like another",
        "With the items that can still be bought, the addresses and the shipping of the cart or order that is named, at the"
        " prices and rates of"
        " today. Payments are not taken over.",
    ),
    "GET active-cart": Said(
        "Read one's active cart", "That which was changed last of those that are active. 404 where there is none.", True
    ),
    "POST carts/customer-id=/merge": Said(
        "Merge a cart into the active cart of a customer",
        "The cart of an anonymous session, as at a sign-in: for shops whose customers sign in elsewhere. The"
        " customer's cart is answered.",
    ),
    "GET carts/id/explain": Said("Explain how a cart comes to its amounts", _EXPLAINED),
    "GET orders/id/explain": Said("Explain how an order came to its amounts", _EXPLAINED),
    "POST orders/import": Said(
        "Import an order from elsewhere",
        "It is stored with the amounts that are sent: nothing is priced or taxed anew, and no cart is needed.",
    ),
    "POST orders/edits/id/apply": Said(
        "Apply an order edit",
        "Its staged actions change the order in the same write, if edit and order have the versions that are sent."
        " What one of the"
        " actions is refused for, the whole is refused for.",
    ),
    "POST orders/search": Said("Search orders", _SEARCHED),
    "POST customers/search": Said("Search customers", _SEARCHED),
    "POST business-units/search": Said("Search business units", _SEARCHED),
    "GET customers/search/indexing-status": Said("Read how far the search for customers is", _READY),
    "GET business-units/search/indexing-status": Said("Read how far the search for business units is", _READY),
    "POST customers/password-token": Said(
        "Create a token to reset the password of a customer",
        "For who has this email, in whatever case. Send its `value` to her; who has it may set a new password until it expires.",
    ),
    "POST customers/password/reset": _RESET,
    "POST password/reset": Said("Get a new password by a token", _RESET.description, True),
    "POST customers/password": _PASSWORD,
    "POST password": Said("Change one's own password", _PASSWORD.description, True),
    "POST customers/email-token": Said(
        "Create a token to verify the email address of a customer",
        "Send its `value` to the address: who has it can read her mail.",
    ),
    "POST customers/email/confirm": _CONFIRMED,
    "POST email/confirm": Said("Verify one's own email address", _CONFIRMED.description, True),
    "POST signup": Said(
        "Sign up",
        "A new customer is made, who takes over what the anonymous session of the token has left, such as its cart.",
        True,
    ),
    "POST login": Said(
        "Sign in by email and password",
        "The customer and her cart are answered. An anonymous cart that is named is joined with hers, as"
        " `anonymousCartSignInMode` says.",
    ),
    "GET business-units/id/associates/*": _ASSOCIATE,
    "GET business-units/key=/associates/*": _ASSOCIATE,
    "GET product-projections/id/variant-attributes": _ATTRIBUTES,
    "GET product-projections/key=/variant-attributes": _ATTRIBUTES,
    "POST products/id/images": Said(
        "Upload an image of a product",
        "The body is a JPEG, PNG or GIF. It becomes one of the variant that `variant` or `sku` names, and the product"
        " is answered.",
    ),
    "GET products/id/product-selections": _SELECTIONS,
    "GET products/key=/product-selections": _SELECTIONS,
    "POST product-discounts/matching": Said(
        "Find the product discount of a price",
        "Which discount a variant's price would have, of those that are active. `NoMatchingProductDiscountFound` where"
        " there is none.",
    ),
    "GET shipping-methods/matching-cart": Said("List the shipping methods that a cart can choose from", _RATES),
    "GET shipping-methods/matching-cart-location": Said(
        "List the shipping methods that reach a cart's address", f"Whatever their predicates say of the cart. {_RATES}"
    ),
    "GET shipping-methods/matching-location": Said("List the shipping methods that reach a country or a state of it", _RATES),
    "GET shipping-methods/matching-orderedit": Said(
        "List the shipping methods that an edited order can choose from",
        f"As the order would be once the edit was applied. {_RATES}",
    ),
    "GET subscriptions/id/health": Said(
        "Ask whether a subscription is healthy", "200 if Messages can be delivered to its destination, 503 if they cannot."
    ),
    "GET subscriptions/id/deliveries": Said(
        "List the deliveries of a subscription",
        "The newest first, with their attempts and errors, and how many wait or were given up.",
    ),
    "GET subscriptions/id/deliveries/gaps": Said(
        "List what a subscription was not told",
        "Changes that it should have been told of and no delivery is known of, in a time.",
    ),
    "POST subscriptions/id/deliveries/replay": Said(
        "Send a subscription something again",
        "Messages by their ids, or what happened in a time. They are queued, and how many is answered; the receiver"
        " may get them twice.",
    ),
    "GET messages/stream": Said(
        "Read Messages as they happen",
        "Server-sent events, from now on or behind the event that `Last-Event-ID` names, without a loss. It ends when"
        " the client does.",
    ),
    "HEAD api-clients": Said("Ask whether there is an API client", _STATUS),
    "HEAD api-clients/*": Said("Ask whether there is an API client by id", _STATUS),
    "HEAD active-cart": Said("Ask whether one has an active cart", _STATUS, True),
    "HEAD orders/search": Said("Ask whether orders can be searched", _ASKED),
    "HEAD customers/search": Said("Ask whether customers can be searched", _ASKED),
    "HEAD business-units/search": Said("Ask whether business units can be searched", _ASKED),
    "HEAD shipping-methods/matching-cart": Said("Ask whether a cart can choose a shipping method", _STATUS),
    "HEAD shipping-methods/matching-cart-location": Said("Ask whether a shipping method reaches a cart's address", _STATUS),
    "HEAD shipping-methods/matching-location": Said("Ask whether a shipping method reaches a place", _STATUS),
    "HEAD shipping-methods/matching-orderedit": Said("Ask whether an edited order can choose a shipping method", _STATUS),
}
"""By the method and the path of a route, as its row has it."""

_ISSUED: Final = "It is valid for `expires_in` seconds, and opens what its `scope` says."
TOKENS: Final[Mapping[str, Said]] = {
    "oauth/token": Said(
        "Get a token",
        f"For the API client itself (`client_credentials`), or anew for a session by its `refresh_token`. {_ISSUED}",
    ),
    "oauth/{projectKey}/customers/token": Said(
        "Sign a customer in", f"By email and password. The token opens what is hers, below `/me`. {_ISSUED}"
    ),
    "oauth/{projectKey}/in-store/key={storeKey}/customers/token": Said(
        "Sign a customer of a store in", f"As without a store, for customers who may sign in there. {_ISSUED}"
    ),
    "oauth/{projectKey}/anonymous/token": Said(
        "Begin an anonymous session", f"For a visitor who is not known, with a cart of her own below `/me`. {_ISSUED}"
    ),
    "oauth/introspect": Said("Ask what a token is worth", "Whether it is valid, until when, and its scope (RFC 7662)."),
    "oauth/token/revoke": Said(
        "End a token", "It is worth nothing any more (RFC 7009). That of a token that is none is no error."
    ),
}
"""The operations that tokens are asked for with, by their paths."""
