"""Products: the staged and the current description, publishing, variants, images, claims and the variant table's rows."""

from typing import Any

import pytest

from domain.changes import changed, holds_to_specification, made, not_made, refused, shown, told
from domain.facts import LATER, STANDARD, uid
from domain.goods.shirts import DRAFT, attribute, euros, shirt, shop
from orderwright.domain.goods.product.messages import (
    ProductCreated,
    ProductDeleted,
    ProductImageAdded,
    ProductPublished,
    ProductRevertedStagedChanges,
    ProductSlugChanged,
    ProductUnpublished,
    ProductVariantAdded,
    ProductVariantDeleted,
)
from orderwright.domain.goods.product.model import Product, variants_of
from orderwright.domain.goods.product.resource import RESOURCE

IMAGE = {"url": "https://example.com/2.jpg", "dimensions": {"w": 1, "h": 2}}


def after(product: Product, *actions: dict[str, Any]) -> Product:
    result: Product = changed(RESOURCE, product, *actions, facts=shop())
    return result


def ids(product: Product) -> tuple[list[int], list[int]]:
    """The numbers of the current and of the staged variants."""
    data = product.master_data
    return [each.id for each in data.current.all_variants], [each.id for each in data.staged.all_variants]


def test_a_draft_is_both_descriptions_and_not_published() -> None:
    product = shirt()
    data = product.master_data
    assert (data.published, data.has_staged_changes, data.current == data.staged) == (False, False, True)
    assert (product.tax_category and product.tax_category.id, product.product_type.id) == (STANDARD.id, uid(90))
    assert ids(product) == ([1, 2], [1, 2])
    assert shirt(publish=True).master_data.published
    answer = shown(product)["masterData"]["staged"]
    assert answer["variants"][0]["images"] == [] and answer["categories"] == [] and answer["searchKeywords"] == {}
    holds_to_specification("Product", product)


def test_a_draft_without_variants_has_an_empty_master_variant() -> None:
    small = {name: DRAFT[name] for name in ("productType", "name", "slug")}
    master = made(RESOURCE, small, shop()).master_data.current.master_variant
    assert (master.id, master.sku, master.prices, master.attributes) == (1, None, (), ())
    assert not_made("RequiredField", RESOURCE, {**small, "variants": [{"sku": "x"}]}, shop()).fields["field"] == "masterVariant"


@pytest.mark.parametrize(
    ("name", "field", "value"),
    [
        ("changeName", "name", {"en": "Blouse"}),
        ("changeSlug", "slug", {"en": "blouse"}),
        ("setDescription", "description", {"en": "light"}),
        ("setMetaTitle", "metaTitle", {"en": "t"}),
        ("setMetaDescription", "metaDescription", {"en": "d"}),
        ("setMetaKeywords", "metaKeywords", {"en": "k"}),
        ("setSearchKeywords", "searchKeywords", {"en": [{"text": "top", "suggestTokenizer": {"type": "whitespace"}}]}),
    ],
)
def test_an_edit_is_staged_unless_it_says_otherwise(name: str, field: str, value: Any) -> None:
    action = {"action": name, field: value}
    before = shown(shirt())["masterData"]["current"].get(field)
    staged, both = after(shirt(), action), after(shirt(), {**action, "staged": False})
    assert staged.master_data.has_staged_changes and not both.master_data.has_staged_changes
    assert shown(staged)["masterData"]["staged"][field] == value
    assert shown(staged)["masterData"]["current"].get(field) == before
    assert shown(both)["masterData"]["current"][field] == value


def test_key_and_tax_category_are_never_staged() -> None:
    reduced = {"typeId": "tax-category", "key": "reduced"}
    product = after(shirt(), {"action": "setKey", "key": "b"}, {"action": "setTaxCategory", "taxCategory": reduced})
    assert (product.key, product.tax_category and product.tax_category.id) == ("b", uid(3))
    assert not product.master_data.has_staged_changes
    assert after(product, {"action": "setTaxCategory"}, {"action": "setKey"}).tax_category is None


def test_publishing_copies_staged_to_current_and_tells_it_as_stored() -> None:
    product = after(shirt(), {"action": "changeName", "name": {"en": "Blouse"}})
    published, messages = told(RESOURCE, product, {"action": "publish"}, facts=shop())
    data = published.master_data
    assert (data.published, data.has_staged_changes, data.current.name) == (True, False, {"en": "Blouse"})
    (message,) = messages
    assert isinstance(message, ProductPublished)
    shape = message.product_projection
    assert (message.scope, shape.published, shape.has_staged_changes, shape.version) == ("All", True, False, 2)
    holds_to_specification("ProductProjection", shape)
    assert told(RESOURCE, published, {"action": "publish"}, facts=shop()) == (published, [])


def test_prices_can_be_published_by_themselves() -> None:
    refused("InvalidOperation", RESOURCE, shirt(), {"action": "publish", "scope": "Prices"}, facts=shop())
    product = after(
        shirt(publish=True),
        {"action": "changeName", "name": {"en": "Blouse"}},
        {"action": "setPrices", "variantId": 1, "prices": [euros(900)]},
        {"action": "addVariant", "sku": "shirt-m", "prices": [euros(950)]},
    )
    product, messages = told(RESOURCE, product, {"action": "publish", "scope": "Prices"}, facts=shop())
    current = product.master_data.current
    assert (current.name, current.master_variant.prices[0].value.cent_amount) == ({"en": "Shirt"}, 900)
    assert ids(product) == ([1, 2], [1, 2, 3])
    assert product.master_data.has_staged_changes
    assert [type(message) for message in messages] == [ProductPublished]


def test_unpublishing_and_reverting_tell_only_what_changed() -> None:
    product, messages = told(RESOURCE, shirt(publish=True), {"action": "unpublish"}, facts=shop())
    assert not product.master_data.published
    assert messages == [ProductUnpublished()]
    assert told(RESOURCE, product, {"action": "unpublish"}, facts=shop())[1] == []
    staged = after(product, {"action": "changeName", "name": {"en": "x"}}, {"action": "setSku", "variantId": 2, "sku": "y"})
    one = after(staged, {"action": "revertStagedVariantChanges", "variantId": 2})
    assert (one.master_data.staged.variants[0].sku, one.master_data.staged.name) == ("shirt-l", {"en": "x"})
    product, messages = told(RESOURCE, staged, {"action": "revertStagedChanges"}, facts=shop())
    assert not product.master_data.has_staged_changes
    assert messages == [ProductRevertedStagedChanges(removed_image_urls=())]
    assert told(RESOURCE, product, {"action": "revertStagedChanges"}, facts=shop())[1] == []


def test_variant_numbers_are_never_given_twice() -> None:
    product = after(shirt(), {"action": "addVariant", "sku": "three"})
    assert ids(product) == ([1, 2], [1, 2, 3])
    product = after(product, {"action": "removeVariant", "sku": "three"})
    assert (ids(product), product.master_data.last_variant_id) == (([1, 2], [1, 2]), 3)
    product = after(product, {"action": "changeName", "name": {"en": "x"}}, {"action": "revertStagedChanges"})
    product = after(product, {"action": "addVariant", "sku": "four", "staged": False})
    assert (ids(product), product.master_data.last_variant_id) == (([1, 2, 4], [1, 2, 4]), None)


def test_a_variant_goes_from_the_descriptions_that_have_it() -> None:
    product, messages = told(RESOURCE, shirt(), {"action": "removeVariant", "id": 2}, facts=shop())
    assert ids(product) == ([1, 2], [1])
    (message,) = messages
    assert isinstance(message, ProductVariantDeleted)
    assert (message.variant.id, message.staged) == (2, True)
    assert ids(after(product, {"action": "removeVariant", "id": 2, "staged": False})) == ([1], [1])


def test_a_product_has_at_most_a_hundred_variants_beside_its_master() -> None:
    # The shirt has one of them already.
    more = [{"action": "addVariant", "sku": f"more-{number}"} for number in range(100)]
    assert len(after(shirt(), *more[:99]).master_data.staged.variants) == 100
    refused("InvalidOperation", RESOURCE, shirt(), *more, facts=shop())


def test_a_sku_may_name_another_variant_in_each_description() -> None:
    product = after(
        shirt(),
        {"action": "addVariant", "sku": "three", "staged": False},
        {"action": "setSku", "variantId": 2, "sku": "two"},
        {"action": "setSku", "variantId": 3, "sku": "shirt-l"},
    )
    # Number 2 is still `shirt-l` to shops, while it is `two` in what is being prepared.
    product, messages = told(RESOURCE, product, {"action": "removeVariant", "sku": "shirt-l", "staged": False}, facts=shop())
    assert ids(product) == ([1, 3], [1, 2])
    assert [each.variant.id for each in messages if isinstance(each, ProductVariantDeleted)] == [3]
    refused("InvalidOperation", RESOURCE, product, {"action": "removeVariant", "id": 9}, facts=shop())


def test_the_master_variant_may_be_named_again() -> None:
    assert ids(after(shirt(), {"action": "changeMasterVariant", "variantId": 1})) == ([1, 2], [1, 2])


def test_another_variant_becomes_the_master() -> None:
    product = after(shirt(), {"action": "changeMasterVariant", "sku": "shirt-l"})
    assert ids(product) == ([1, 2], [2, 1])
    refused("InvalidOperation", RESOURCE, product, {"action": "removeVariant", "id": 2}, facts=shop())
    # Number 1 is still the current description's master.
    refused("InvalidOperation", RESOURCE, product, {"action": "removeVariant", "id": 1, "staged": False}, facts=shop())
    assert ids(after(product, {"action": "removeVariant", "id": 1})) == ([1, 2], [2])


def test_messages_of_variants_images_and_slugs() -> None:
    product, messages = told(
        RESOURCE,
        shirt(),
        {"action": "addVariant", "sku": "m", "attributes": [attribute("gtin", "1")], "staged": False},
        {"action": "addExternalImage", "sku": "m", "image": IMAGE},
        {"action": "changeSlug", "slug": {"en": "blouse"}},
        facts=shop(),
    )
    added, image, slug = messages
    assert isinstance(added, ProductVariantAdded) and isinstance(image, ProductImageAdded)
    assert (added.variant.id, added.staged, image.variant_id, image.staged) == (3, False, 3, True)
    assert slug == ProductSlugChanged(slug={"en": "blouse"}, old_slug={"en": "shirt", "de": "hemd"})
    assert product.master_data.current.variants[1].images == ()


def test_images_are_moved_labelled_and_removed() -> None:
    first = "https://example.com/s.jpg"
    product = after(
        shirt(),
        {"action": "addExternalImage", "variantId": 1, "image": IMAGE},
        {"action": "moveImageToPosition", "variantId": 1, "imageUrl": IMAGE["url"], "position": 0},
        {"action": "setImageLabel", "variantId": 1, "imageUrl": first, "label": "front"},
    )
    images = product.master_data.staged.master_variant.images or ()
    assert [(image.url, image.label) for image in images] == [(IMAGE["url"], None), (first, "front")]
    product = after(product, {"action": "removeImage", "sku": "shirt-s", "imageUrl": first})
    assert [image.url for image in product.master_data.staged.master_variant.images or ()] == [IMAGE["url"]]


@pytest.mark.parametrize(
    ("code", "action"),
    [
        ("DuplicateField", {"action": "setSku", "variantId": 2, "sku": "shirt-s"}),
        ("DuplicateField", {"action": "setProductVariantKey", "variantId": 1, "key": "large"}),
        ("InvalidOperation", {"action": "setSku", "variantId": 3, "sku": "x"}),
        ("InvalidOperation", {"action": "removeVariant", "id": 1}),
        ("InvalidOperation", {"action": "removeVariant", "id": 9}),
        ("RequiredField", {"action": "removeVariant"}),
        ("RequiredField", {"action": "changeMasterVariant"}),
        ("InvalidOperation", {"action": "revertStagedVariantChanges", "variantId": 3}),
        (
            "DuplicateField",
            {
                "action": "addExternalImage",
                "variantId": 1,
                "image": {"url": "https://example.com/s.jpg", "dimensions": {"w": 1, "h": 1}},
            },
        ),
        ("InvalidOperation", {"action": "removeImage", "variantId": 1, "imageUrl": "none"}),
        (
            "InvalidOperation",
            {"action": "moveImageToPosition", "variantId": 1, "imageUrl": "https://example.com/s.jpg", "position": 1},
        ),
        ("InvalidJsonInput", {"action": "changeName", "name": {}}),
        ("InvalidJsonInput", {"action": "changeSlug", "slug": {"en": "no spaces"}}),
        ("InvalidJsonInput", {"action": "addVariant", "sku": "x", "assets": [{"name": {"en": "a"}}]}),
        ("ReferencedResourceNotFound", {"action": "setTaxCategory", "taxCategory": {"typeId": "tax-category", "key": "none"}}),
    ],
)
def test_what_is_refused(code: str, action: dict[str, Any]) -> None:
    refused(code, RESOURCE, shirt(), action, facts=shop())


@pytest.mark.parametrize(
    ("code", "changes"),
    [
        ("ReferencedResourceNotFound", {"productType": {"typeId": "product-type", "key": "none"}}),
        ("InvalidOperation", {"categoryOrderHints": {uid(77): "0.5"}}),
        ("DuplicateField", {"variants": [{"sku": "shirt-s"}]}),
        ("ReferencedResourceNotFound", {"categories": [{"typeId": "category", "key": "c"}]}),
        ("InvalidJsonInput", {"categoryOrderHints": {uid(77): "0.50"}}),
        ("InvalidJsonInput", {"variants": [{}] * 101}),
        ("DuplicateVariantValues", {"variants": [{}, {}]}),
    ],
)
def test_drafts_that_are_refused(code: str, changes: dict[str, Any]) -> None:
    not_made(code, RESOURCE, {**DRAFT, **changes}, shop())


def test_a_change_of_one_description_must_find_its_variant_there() -> None:
    product = after(shirt(), {"action": "addVariant", "sku": "m"})
    action = {"action": "setSku", "variantId": 3, "sku": "n", "staged": False}
    refused("InvalidOperation", RESOURCE, product, action, facts=shop())


def test_every_sku_and_slug_of_both_descriptions_is_claimed() -> None:
    product = after(
        shirt(), {"action": "setSku", "variantId": 1, "sku": "new"}, {"action": "changeSlug", "slug": {"en": "blouse"}}
    )
    assert RESOURCE.all_claims(product) == {
        ("key", "shirt 1"),
        ("sku", "shirt-s"),
        ("sku", "new"),
        ("sku", "shirt-l"),
        ("slug.en", "shirt"),
        ("slug.de", "hemd"),
        ("slug.en", "blouse"),
    }


def test_rows_are_the_variants_of_both_descriptions() -> None:
    product = after(shirt(publish=True), {"action": "setSku", "variantId": 2, "sku": "new"})
    rows = [(row.staged, row.variant_id, row.sku, row.master) for row in variants_of(product)]
    assert rows == [
        (False, 1, "shirt-s", True),
        (False, 2, "shirt-l", False),
        (True, 1, "shirt-s", True),
        (True, 2, "new", False),
    ]
    body = next(iter(variants_of(product))).body
    assert (body.product_id, body.product_key, body.name, body.published) == (product.id, "shirt 1", {"en": "Shirt"}, True)
    assert (body.variant.prices or ())[1].country == "FR"
    assert body.product_attributes[0].value == "2024"


def test_creation_and_deletion_are_told() -> None:
    assert RESOURCE.created is not None and RESOURCE.deleted is not None
    product = after(shirt(), {"action": "changeName", "name": {"en": "Blouse"}})
    created, unseen = RESOURCE.created(product), RESOURCE.deleted(product)
    seen = RESOURCE.deleted(shirt(publish=True))
    assert isinstance(created, ProductCreated) and isinstance(unseen, ProductDeleted) and isinstance(seen, ProductDeleted)
    assert created.product_projection.name == {"en": "Blouse"}
    assert unseen.current_projection is None
    assert seen.current_projection is not None and seen.current_projection.created_at < LATER


def test_the_queried_copy_leaves_out_the_bulk() -> None:
    lean = shown(RESOURCE.lean(shirt()))["masterData"]
    assert lean["current"]["masterVariant"] == {"id": 1, "sku": "shirt-s"}
    assert lean["staged"]["variants"] == [{"id": 2, "sku": "shirt-l", "key": "large"}]
    assert "masterData.current.masterVariant.prices" in RESOURCE.bulk
