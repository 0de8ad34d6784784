"""A customer's names, numbers, language and email."""

from __future__ import annotations

from msgspec.structs import replace

from orderwright.domain.customer import messages
from orderwright.domain.customer.actions.registry import actions
from orderwright.domain.customer.model import Customer, CustomerNumber, Email
from orderwright.domain.customer.tokens import void_tokens
from orderwright.domain.laws.changes import check_unset
from orderwright.domain.laws.languages import check_locale
from orderwright.domain.laws.telling import new_value
from orderwright.engine.actions import Change
from orderwright.engine.facts import Facts
from orderwright.engine.model import Action
from orderwright.engine.scalars import Locale


class ChangeEmail(Action):
    """The email, which is then to be verified again."""

    email: Email


class SetCustomerNumber(Action):
    """The customer's number, once and for all."""

    customer_number: CustomerNumber | None = None


class SetLocale(Action):
    """The customer's language, one of the project's; without one, it is removed."""

    locale: Locale | None = None


actions.setters("setKey", "setMiddleName", "setSalutation", "setVatId")
for _name, _field, _message in (
    ("setFirstName", "first_name", messages.CustomerFirstNameSet),
    ("setLastName", "last_name", messages.CustomerLastNameSet),
    ("setTitle", "title", messages.CustomerTitleSet),
    ("setCompanyName", "company_name", messages.CustomerCompanyNameSet),
    ("setDateOfBirth", "date_of_birth", messages.CustomerDateOfBirthSet),
    ("setExternalId", "external_id", messages.CustomerExternalIdSet),
):
    actions.setters(_name, tells=new_value(_message, _field))


@actions.handles
def change_email(customer: Customer, action: ChangeEmail, _facts: Facts) -> Change[Customer]:
    """Tokens that were sent to the old address are void, since it may be somebody else's by now. The engine's claim refuses an
    email that another customer has."""
    if action.email == customer.email:
        return Change(customer)
    told = messages.CustomerEmailChanged(email=action.email, old_email=customer.email)
    after = replace(customer, email=action.email, is_email_verified=False)
    return Change(after, told, effects=[void_tokens(kind, customer.id) for kind in ("email", "password")])


@actions.handles
def set_customer_number(customer: Customer, action: SetCustomerNumber, _facts: Facts) -> Customer:
    """Raises `InvalidOperation` for a customer who has another number; the engine's claim refuses one in use."""
    check_unset("customer number", customer.customer_number, action.customer_number)
    return replace(customer, customer_number=action.customer_number)


@actions.handles
def set_locale(customer: Customer, action: SetLocale, facts: Facts) -> Customer:
    """Raises `InvalidField` for a language that the project has not."""
    check_locale(action.locale, facts)
    return replace(customer, locale=action.locale)
