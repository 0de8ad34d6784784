"""What a change wants to have read beforehand, as the parts of one statement: documents by their names, variants and what stands
under a SKU beside them, all that is below a document, and how often codes were used.

Each part gives (by, value, type, body). One after the other, as `unit_statement` tells.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from orderwright.engine.access import Visible
from orderwright.engine.references import Wanted
from orderwright.engine.unit.rows import kind_of
from orderwright.storage.documents.columns import shows
from orderwright.storage.tables import stock

MOST_UNDER = 1001
DEEPEST = 10
"""Generations that are read below a document: far more than any hierarchy has."""
_CLAIMED = ("code", "customerNumber")
"""What a document alone may have, which is a claim of its. By these it is read only where that is asked for, as it seldom is."""
_NAMED_BY = {
    "id": "d.id = n.value::uuid",
    "key": "d.key = n.value",
    **{
        name: f"d.id = (SELECT c.owner FROM claim c WHERE c.shard = $1 AND c.kind = n.type || '.{name}' AND c.value = n.value)"
        for name in _CLAIMED
    },
}
# The types whose documents know their parent alone: by this path, of which they have a list.
_PARENT = {"business-unit": "parentUnit.key"}


def wanted_parts(names: Iterable[Wanted], confined: Mapping[Visible, list[str]], values: list[Any]) -> list[str]:
    """The parts of a statement that read what the names stand for; their parameters are put behind the `values` there are."""
    asked = list(names)
    documents = [name for name in asked if name.by in _NAMED_BY]
    rows_of = [name for name in asked if name.by in ("sku", "product")]
    parts = [_wanted_documents(documents, confined, values)] if documents else []
    if rows_of:
        parts.append(_wanted_variants(rows_of, values))
    used = [name.value.split("/") for name in asked if name.by == "uses"]
    if used:
        parts.append(_wanted_uses(len(values) + 1))
        values += [[code for code, _ in used], [customer for _, customer in used]]
    return parts + [_wanted_under(name, values) for name in asked if name.by == "under"]


def owner_part(condition: str, confined: Mapping[Visible, list[str]], values: list[Any]) -> str:
    """The part that reads the customer whom the document that a `condition` finds among those of type $2 belongs to."""
    obeying, held = confined_to(confined, len(values) + 1)
    values += held
    return (
        "SELECT 'id', o.customer_id, d.type, d.body FROM (SELECT d.customer_id FROM document d WHERE d.shard = $1"
        f" AND d.type = $2 AND {condition} OFFSET 0) AS o CROSS JOIN LATERAL (SELECT d.type, d.body FROM document d"
        f" WHERE d.shard = $1 AND d.id = o.customer_id::uuid AND d.type = 'customer'{obeying} OFFSET 0) AS d"
    )


def _wanted_documents(names: list[Wanted], confined: Mapping[Visible, list[str]], values: list[Any]) -> str:
    """The part of a statement that reads documents by id, by key and by what they alone may have; its parameters are put behind
    the `values` there are."""
    first = len(values) + 1
    ways = [by for by in _NAMED_BY if by not in _CLAIMED or any(name.by == by for name in names)]
    for by in ways:
        values += _pairs(names, by)
    obeying, held = confined_to(confined, len(values) + 1)
    values += held
    # One after the other, as `unit_statement` tells.
    return " UNION ALL ".join(
        f"SELECT '{by}', n.value, d.type, d.body FROM unnest(${number}::text[], ${number + 1}::text[]) AS n(type, value)"
        " CROSS JOIN LATERAL (SELECT d.type, d.body FROM document d"
        f" WHERE d.shard = $1 AND {_NAMED_BY[by]} AND d.type = n.type{obeying} OFFSET 0) AS d"
        for number, by in zip(range(first, first + 2 * len(ways), 2), ways, strict=True)
    )


def _wanted_uses(first: int) -> str:
    """The part of a statement that reads how often codes were used, of all or by a customer."""
    return (
        "SELECT 'uses', n.code || '/' || n.customer, 'discount-code-use', u.uses::text"
        f" FROM unnest(${first}::text[], ${first + 1}::text[]) AS n(code, customer) CROSS JOIN LATERAL (SELECT u.uses"
        " FROM discount_code_use u WHERE u.shard = $1 AND u.customer = n.customer AND u.code = n.code::uuid OFFSET 0) AS u"
    )


def _wanted_variants(names: list[Wanted], values: list[Any]) -> str:
    """The parts that read current variants by SKU or product, and what stands under a SKU beside them: documents whose
    column `sku` holds it, and the counts of standalone prices. A statement has only the parts that are asked for."""
    variants = [name for name in names if name.type_id == "variant"]
    others = [name for name in names if name.type_id not in ("variant", "price-scope")]
    stocked = any(name.type_id == stock.ENTRY for name in others)
    body, beside = "d.body", ""
    if stocked:
        values.append(stock.moment())
        body, beside = stock.body_of_any(f"${len(values)}"), stock.BESIDE_ANY
    under = (
        f"CROSS JOIN unnest({{0}}::text[]) AS t(type) CROSS JOIN LATERAL (SELECT d.sku, d.type, {body} AS body"
        f" FROM document d{beside} WHERE d.shard = $1 AND d.sku = n.sku AND d.type = t.type OFFSET 0) AS d"
    )
    count = "json_build_object('scope', s.scope, 'version', s.version)::text"
    parts = (
        (
            _pairs(variants, "sku")[1:],
            "SELECT 'sku', v.sku, 'variant', v.body FROM unnest({0}::text[]) AS n(sku) CROSS JOIN LATERAL (SELECT v.sku, v.body"
            " FROM variant v WHERE v.shard = $1 AND v.sku = n.sku AND v.staged IS NOT TRUE OFFSET 0) AS v",
        ),
        (
            _pairs(variants, "product")[1:],
            "SELECT 'product', v.product_id::text, 'variant', v.body FROM unnest({0}::uuid[]) AS n(id)"
            " CROSS JOIN LATERAL (SELECT v.product_id, v.body FROM variant v"
            " WHERE v.shard = $1 AND v.product_id = n.id AND NOT v.staged OFFSET 0) AS v",
        ),
        (
            _pairs(others, "sku"),
            # Whatever stands under one of the SKUs and is of one of the types: some of it may not have been asked for.
            f"SELECT 'sku', d.sku, d.type, d.body FROM unnest({{1}}::text[]) AS n(sku) {under}",
        ),
        (
            _pairs(others, "product"),
            "SELECT 'product', n.id::text, d.type, d.body FROM unnest({1}::uuid[]) AS p(id)"
            " CROSS JOIN LATERAL (SELECT p.id, v.sku FROM variant v"
            " WHERE v.shard = $1 AND v.product_id = p.id AND NOT v.staged OFFSET 0) AS n"
            f" {under}",
        ),
        (
            _pairs([name for name in names if name.type_id == "price-scope"], "sku")[1:],
            "SELECT 'sku', n.sku, 'price-scope', s.body FROM unnest({0}::text[]) AS n(sku)"
            f" CROSS JOIN LATERAL (SELECT {count} AS body FROM price_scope s WHERE s.shard = $1 AND s.sku = n.sku OFFSET 0) AS s",
        ),
    )
    return " UNION ALL ".join(_bound(text, arguments, values) for arguments, text in parts if arguments[0])


def _bound(text: str, arguments: Sequence[list[str]], values: list[Any]) -> str:
    """The text with `{0}` and `{1}` as parameters, put behind the `values` there are."""
    for place, argument in enumerate(arguments):
        values.append(sorted(set(argument)))
        # Not by `format`: the text of a stock may hold braces of its own.
        text = text.replace(f"{{{place}}}", f"${len(values)}")
    return text


def _wanted_under(name: Wanted, values: list[Any]) -> str:
    """The part that reads what is below a document: never more than 1,001, one more than any change would take along."""
    values += [name.type_id, name.value]
    kind, above = f"${len(values) - 1}::text", f"${len(values)}::text"
    if name.type_id in _PARENT:
        return f"(SELECT 'under', {above}, d.type, d.body FROM ({_below(name.type_id, kind, above)}) AS d)"
    # Without statistics all documents of the type are read; this is asked of categories, of which a project has few.
    return (
        f"(SELECT 'under', {above}, d.type, d.body FROM document d WHERE d.shard = $1 AND d.type = {kind} AND d.type >= ''"
        f" AND d.query @> jsonb_build_object('ancestors', jsonb_build_array(jsonb_build_object('id', {above})))"
        f" ORDER BY d.created_at, d.id LIMIT {MOST_UNDER})"
    )


def _below(type_id: str, kind: str, key: str) -> str:
    """What is below the document of a key, generation by generation, by the lists of children that are kept as claims."""
    children = kind_of(type_id, _PARENT[type_id], "")
    child = f"SELECT c.owner, {{0}} AS level FROM claim c WHERE c.shard = $1 AND c.kind = '{children}'"
    parent = "SELECT d.key FROM document d WHERE d.shard = $1 AND d.id = b.owner OFFSET 0"
    return (
        f"WITH RECURSIVE below AS ({child.format(1)} || {key} UNION ALL SELECT c.owner, c.level FROM below b"
        f" CROSS JOIN LATERAL ({parent}) AS d CROSS JOIN LATERAL ({child.format('b.level + 1')} || d.key OFFSET 0) AS c"
        f" WHERE b.level < {DEEPEST}) SELECT d.type, d.body FROM below b CROSS JOIN LATERAL"
        f" (SELECT d.type, d.body FROM document d WHERE d.shard = $1 AND d.id = b.owner AND d.type = {kind} OFFSET 0) AS d"
        f" LIMIT {MOST_UNDER}"
    )


def _pairs(names: list[Wanted], by: str) -> tuple[list[str], list[str]]:
    """Types and values of what is named in one way."""
    named = [name for name in names if name.by == by]
    return [name.type_id for name in named], [name.value for name in named]


def confined_to(confined: Mapping[Visible, list[str]], first: int) -> tuple[str, list[Any]]:
    """Conditions that each confined type obeys its filter, and their values, the parameters from `first` on."""
    conditions, values = "", list[Any]()
    for visible, types in confined.items():
        number = first + len(values)
        conditions += f" AND (d.type <> ALL(${number}::text[]) OR (true{seen(visible, number + 1)}))"
        values += [types, *(value for _, value in visible)]
    return conditions, values


def seen(visible: Visible, first: int) -> str:
    """The door's filter as conditions, whose values are the parameters from `first` on."""
    return "".join(f" AND {shows(column, f'${first + index}', 'd.')}" for index, (column, _) in enumerate(visible))
