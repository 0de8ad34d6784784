"""The one spelling of language tags, and where they are found in what a request holds."""

import pytest

from orderwright.engine.json.codec import decode_body
from orderwright.engine.languages import by_language, canonical_language
from orderwright.engine.model import Value
from orderwright.engine.scalars import Locale, LocalizedString
from orderwright.errors import ApiError


class Leaf(Value):
    label: LocalizedString | str


class Branch(Value):
    leaves: tuple[Leaf, ...] = ()
    within: "Branch | None" = None
    note: str | None = None


class Tree(Value):
    languages: tuple[Locale, ...] = ()
    locale: Locale | None = None
    name: LocalizedString | None = None
    keywords: dict[Locale, tuple[str, ...]] | None = None
    by_key: dict[str, Leaf] | None = None


# The examples of RFC 5646 (2.1.1 and appendix A), in other letters.
@pytest.mark.parametrize(
    ("sent", "stored"),
    [
        ("EN", "en"),
        ("De-aT", "de-AT"),
        ("de_at", "de-AT"),
        ("ZH-HANS-sg", "zh-Hans-SG"),
        ("SGN-be-fr", "sgn-BE-FR"),
        ("en-ca-X-CA", "en-CA-x-ca"),
        ("AZ-latn-X-LATN", "az-Latn-x-latn"),
        ("ES-419", "es-419"),
        ("sl-ROZAJ-Biske-1994", "sl-rozaj-biske-1994"),
        ("X-Ab-WXYZ", "x-ab-wxyz"),
    ],
)
def test_a_tag_has_one_spelling(sent: str, stored: str) -> None:
    assert canonical_language(sent) == stored
    assert canonical_language(stored) == stored


def test_tags_are_found_wherever_a_type_has_them() -> None:
    body = b"""{
        "languages": ["EN", "de-at"], "locale": "FR_fr", "name": {"IT": "EN"}, "keywords": {"EN-gb": ["EN"]},
        "byKey": {"EN": {"label": {"EN": "a"}}}
    }"""
    tree = decode_body(Tree, body)
    assert (tree.languages, tree.locale, tree.name) == (("en", "de-AT"), "fr-FR", {"it": "EN"})
    assert (tree.keywords, tree.by_key) == ({"en-GB": ("EN",)}, {"EN": Leaf(label={"en": "a"})})


def test_tags_are_found_in_a_struct_that_holds_itself() -> None:
    branch = decode_body(Branch, b'{"note": "EN", "within": {"within": {"leaves": [{"label": {"DE": "x"}}, {"label": "DE"}]}}}')
    assert branch.note == "EN"
    assert branch.within.within.leaves == (Leaf(label={"de": "x"}), Leaf(label="DE"))


def test_a_language_stands_once_in_a_localized_value() -> None:
    with pytest.raises(ApiError) as refused:
        decode_body(Tree, b'{"name": {"de-AT": "a", "en": "b", "DE-at": "a"}}')
    assert (refused.value.status, refused.value.code) == (400, "InvalidJsonInput")
    assert "'de-AT'" in refused.value.fields["detailedErrorMessage"]
    with pytest.raises(ValueError, match=r"^en$"):
        by_language({"en": "a", "EN": "b"})
