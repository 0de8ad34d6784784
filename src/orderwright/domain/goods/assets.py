"""Assets: documents and media of a category or of a product variant, and the ten actions on them as rows.

A row makes an action's edit of the assets; whose assets these are, and how they are put back, is told when the rows are added.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Annotated, Any, Final

from msgspec import Meta
from msgspec.structs import replace

from orderwright.domain.custom.fields import CustomFields, CustomFieldsDraft, custom_from, with_field
from orderwright.domain.laws.distinct import check_distinct
from orderwright.domain.laws.parts import find_part, with_part, without
from orderwright.engine.actions import ActionSet
from orderwright.engine.facts import Facts
from orderwright.engine.model import Action, Value, always
from orderwright.engine.references import TypeIdentifier
from orderwright.engine.scalars import Id, Key, LocalizedString
from orderwright.errors import invalid_field, invalid_input, invalid_operation

AssetName = Annotated[LocalizedString, Meta(min_length=1)]


class AssetDimensions(Value):
    """Width and height in pixels."""

    w: int
    h: int


class AssetSource(Value):
    """One file of an asset."""

    uri: str
    key: Key | None = None
    dimensions: AssetDimensions | None = None
    content_type: str | None = None


AssetSources = Annotated[tuple[AssetSource, ...], Meta(min_length=1)]


class Asset(Value):
    """A document or medium; its key is unique in the category or variant."""

    id: Id
    name: LocalizedString
    sources: tuple[AssetSource, ...] = always(())
    tags: tuple[str, ...] | None = None
    custom: CustomFields | None = None
    key: Key | None = None
    description: LocalizedString | None = None


class AssetDraft(Value):
    """An asset as it is sent."""

    sources: AssetSources
    name: AssetName
    description: LocalizedString | None = None
    tags: tuple[str, ...] | None = None
    custom: CustomFieldsDraft | None = None
    key: Key | None = None


Assets = tuple[Asset, ...]
Edit = Callable[[Assets], Assets]
# Whose assets an action edits: `(document, action, edit)` gives the document with the edit done wherever the action reaches.
Editing = Callable[[Any, Any, Edit], Any]


def assets_from(drafts: Iterable[AssetDraft], facts: Facts) -> Assets:
    """The assets that drafts mean. Raises `DuplicateField` for a key twice, and what custom fields raise."""
    return _distinct(tuple(_asset_from(draft, facts) for draft in drafts))


def _asset_from(draft: AssetDraft, facts: Facts) -> Asset:
    return Asset(
        id=facts.new_id(),
        name=draft.name,
        sources=_distinct_sources(draft.sources),
        tags=draft.tags,
        key=draft.key,
        description=draft.description,
        custom=custom_from(draft.custom, "asset", facts),
    )


def _distinct(assets: Assets) -> Assets:
    check_distinct("assets.key", (asset.key for asset in assets))
    return assets


def _distinct_sources(sources: tuple[AssetSource, ...]) -> tuple[AssetSource, ...]:
    check_distinct("assets.sources.key", (source.key for source in sources))
    return sources


def _adding(action: Any, facts: Facts) -> Edit:
    asset = _asset_from(action.asset, facts)

    def edit(assets: Assets) -> Assets:
        place = len(assets) if action.position is None else action.position
        if place > len(assets):
            raise invalid_operation(f"The position must be between 0 and {len(assets)}.")
        return (*assets[:place], asset, *assets[place:])

    return edit


def _removing(action: Any, _facts: Facts) -> Edit:
    return lambda assets: without(assets, _named(assets, action))


def _ordering(action: Any, _facts: Facts) -> Edit:
    def edit(assets: Assets) -> Assets:
        by_id = {asset.id: asset for asset in assets}
        if sorted(by_id) != sorted(action.asset_order):
            raise invalid_field("assetOrder", list(action.asset_order))
        return tuple(by_id[id] for id in action.asset_order)

    return edit


def _keying(action: Any, _facts: Facts) -> Edit:
    def edit(assets: Assets) -> Assets:
        old = find_part(assets, "asset", id=action.asset_id, key=None)
        return with_part(assets, replace(old, key=action.asset_key))

    return edit


def _setting(field: str) -> Callable[[Any, Facts], Edit]:
    """The edit that puts the action's member into the asset's field of the same name."""

    def edit_of(action: Any, _facts: Facts) -> Edit:
        return _changing(action, lambda asset: replace(asset, **{field: getattr(action, field)}))

    return edit_of


def _setting_sources(action: Any, _facts: Facts) -> Edit:
    return _changing(action, lambda asset: replace(asset, sources=_distinct_sources(action.sources)))


def _setting_type(action: Any, facts: Facts) -> Edit:
    if action.type is None and action.fields:
        raise invalid_input("Custom fields can not be set without the Type that defines them.")
    draft = None if action.type is None else CustomFieldsDraft(type=action.type, fields=action.fields)
    custom = custom_from(draft, "asset", facts)
    return _changing(action, lambda asset: replace(asset, custom=custom))


def _setting_field(action: Any, facts: Facts) -> Edit:
    return _changing(action, lambda asset: replace(asset, custom=with_field(asset.custom, action.name, action.value, facts)))


def _changing(action: Any, change: Callable[[Asset], Asset]) -> Edit:
    return lambda assets: with_part(assets, change(_named(assets, action)))


def _named(assets: Assets, action: Any) -> Asset:
    return find_part(assets, "asset", id=action.asset_id, key=action.asset_key)


_BY_NAME: Final = {"asset_id": Id | None, "asset_key": Key | None}
_POSITION: Final = Annotated[int, Meta(ge=0)] | None
# What an action is called, what it means, its members, and what makes its edit. Members that may be None default to it.
_ROWS: Final[tuple[tuple[str, str, dict[str, Any], Callable[[Any, Facts], Edit]], ...]] = (
    ("AddAsset", "One more asset, at the end or at a position.", {"asset": AssetDraft, "position": _POSITION}, _adding),
    ("RemoveAsset", "An asset that is to go.", _BY_NAME, _removing),
    ("ChangeAssetName", "Another name.", {**_BY_NAME, "name": AssetName}, _setting("name")),
    ("ChangeAssetOrder", "All assets, by id, in another order.", {"asset_order": tuple[Id, ...]}, _ordering),
    ("SetAssetKey", "The key, or none.", {"asset_id": Id, "asset_key": Key | None}, _keying),
    (
        "SetAssetDescription",
        "What the asset is, or nothing.",
        {**_BY_NAME, "description": LocalizedString | None},
        _setting("description"),
    ),
    ("SetAssetSources", "All files of the asset.", {**_BY_NAME, "sources": AssetSources}, _setting_sources),
    ("SetAssetTags", "The words it is filed under, or none.", {**_BY_NAME, "tags": tuple[str, ...] | None}, _setting("tags")),
    (
        "SetAssetCustomType",
        "The Type and all custom fields of an asset; without a Type, they are removed.",
        {**_BY_NAME, "type": TypeIdentifier | None, "fields": dict[str, Any] | None},
        _setting_type,
    ),
    (
        "SetAssetCustomField",
        "One custom field of an asset; without a value, or with null, it is removed.",
        {**_BY_NAME, "name": str, "value": Any},
        _setting_field,
    ),
)


def asset_actions(actions: ActionSet[Any], base: type[Action], editing: Editing) -> None:
    """Add the actions on assets to a resource's. `base` has the members that say whose assets they are.

    They raise `RequiredField`, `InvalidInput` or `InvalidField` where an asset is not named rightly, `DuplicateField` for a key
    twice, and what custom fields raise.
    """
    for name, text, members, edit_of in _ROWS:
        actions.add(_action(actions, base, name, text, members), _handling(editing, edit_of))


def _action(actions: ActionSet[Any], base: type[Action], name: str, text: str, members: dict[str, Any]) -> type[Action]:
    required = {"asset", "name", "asset_order", "sources"} | ({"asset_id"} if name == "SetAssetKey" else set())
    namespace: dict[str, Any] = {
        "__annotations__": members,
        "__module__": actions.model.__module__,
        "__qualname__": f"{actions.model.__name__}.{name}",
        "__doc__": text,
        **{member: None for member in members if member not in required},
    }
    make: Any = type(Action)
    made: type[Action] = make(name, (base,), namespace)
    return made


def _handling(editing: Editing, edit_of: Callable[[Any, Facts], Edit]) -> Callable[[Any, Any, Facts], Any]:
    def handle(document: Any, action: Any, facts: Facts) -> Any:
        # Made once, so that an asset that comes to both descriptions of a product has one id.
        edit = edit_of(action, facts)
        return editing(document, action, lambda assets: _distinct(edit(assets)))

    return handle
