"""What can be subscribed to: the types of Messages of each resource, the resources whose changes are told, and the events.

commercetools: Subscriptions, MessageSubscriptionResourceTypeId, ChangeSubscriptionResourceTypeId and EventType.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


MESSAGE_TYPES: Final[Mapping[str, frozenset[str]]] = {
    "approval-flow": _words("""
        ApprovalFlowApproved ApprovalFlowCompleted ApprovalFlowCreated ApprovalFlowRejected
    """),
    "approval-rule": _words("""
        ApprovalRuleApproversSet ApprovalRuleCreated ApprovalRuleDescriptionSet ApprovalRuleKeySet ApprovalRuleNameSet
        ApprovalRulePredicateSet ApprovalRuleRequestersSet ApprovalRuleStatusSet
    """),
    "associate-role": _words("""
        AssociateRoleBuyerAssignableChanged AssociateRoleCreated AssociateRoleDeleted AssociateRoleNameSet
        AssociateRolePermissionAdded AssociateRolePermissionRemoved AssociateRolePermissionsSet
    """),
    "business-unit": _words("""
        BusinessUnitAddressAdded BusinessUnitAddressChanged BusinessUnitAddressCustomFieldAdded
        BusinessUnitAddressCustomFieldChanged BusinessUnitAddressCustomFieldRemoved BusinessUnitAddressCustomTypeRemoved
        BusinessUnitAddressCustomTypeSet BusinessUnitAddressRemoved BusinessUnitApprovalRuleModeChanged
        BusinessUnitAssociateAdded BusinessUnitAssociateChanged BusinessUnitAssociateModeChanged BusinessUnitAssociateRemoved
        BusinessUnitAssociatesSet BusinessUnitBillingAddressAdded BusinessUnitBillingAddressRemoved
        BusinessUnitContactEmailSet BusinessUnitCreated BusinessUnitCustomFieldAdded BusinessUnitCustomFieldChanged
        BusinessUnitCustomFieldRemoved BusinessUnitCustomTypeRemoved BusinessUnitCustomTypeSet
        BusinessUnitCustomerGroupAssignmentAdded BusinessUnitCustomerGroupAssignmentRemoved
        BusinessUnitCustomerGroupAssignmentsSet BusinessUnitDefaultBillingAddressSet BusinessUnitDefaultShippingAddressSet
        BusinessUnitDeleted BusinessUnitNameChanged BusinessUnitParentChanged BusinessUnitShippingAddressAdded
        BusinessUnitShippingAddressRemoved BusinessUnitStatusChanged BusinessUnitStoreAdded BusinessUnitStoreModeChanged
        BusinessUnitStoreRemoved BusinessUnitStoresSet BusinessUnitTopLevelUnitSet BusinessUnitTypeSet
    """),
    "category": _words("""
        CategoryCreated CategorySlugChanged
    """),
    "customer": _words("""
        CustomerAddressAdded CustomerAddressChanged CustomerAddressCustomFieldAdded CustomerAddressCustomFieldChanged
        CustomerAddressCustomFieldRemoved CustomerAddressCustomTypeRemoved CustomerAddressCustomTypeSet CustomerAddressRemoved
        CustomerBillingAddressAdded CustomerBillingAddressRemoved CustomerCompanyNameSet CustomerCreated
        CustomerCustomFieldAdded CustomerCustomFieldChanged CustomerCustomFieldRemoved CustomerCustomTypeRemoved
        CustomerCustomTypeSet CustomerDateOfBirthSet CustomerDefaultBillingAddressSet CustomerDefaultShippingAddressSet
        CustomerDeleted CustomerEmailChanged CustomerEmailVerified CustomerExternalIdSet CustomerFirstNameSet
        CustomerGroupAssignmentAdded CustomerGroupAssignmentRemoved CustomerGroupAssignmentsSet CustomerGroupSet
        CustomerLastNameSet CustomerPasswordUpdated CustomerShippingAddressAdded CustomerShippingAddressRemoved
        CustomerStoresSet CustomerTitleSet
    """),
    "customer-email-token": _words("""
        CustomerEmailTokenCreated
    """),
    "customer-group": _words("""
        CustomerGroupCustomFieldAdded CustomerGroupCustomFieldChanged CustomerGroupCustomFieldRemoved
        CustomerGroupCustomTypeRemoved CustomerGroupCustomTypeSet
    """),
    "customer-password-token": _words("""
        CustomerPasswordTokenCreated
    """),
    "inventory-entry": _words("""
        InventoryEntryCreated InventoryEntryDeleted InventoryEntryOutOfStock InventoryEntryQuantitySet
        InventoryEntryReorderPoint InventoryEntryReservationExpirationInMinutesSet InventoryEntrySafetyStock
    """),
    "order": _words("""
        CustomLineItemStateTransition DeliveryAdded DeliveryAddressSet DeliveryCustomFieldAdded DeliveryCustomFieldChanged
        DeliveryCustomFieldRemoved DeliveryCustomTypeRemoved DeliveryCustomTypeSet DeliveryItemsUpdated DeliveryRemoved
        LineItemStateTransition OrderBillingAddressSet OrderBusinessUnitSet OrderCreated OrderCreatedFromRecurringOrder
        OrderCustomFieldAdded OrderCustomFieldChanged OrderCustomFieldRemoved OrderCustomLineItemAdded
        OrderCustomLineItemDiscountSet OrderCustomLineItemQuantityChanged OrderCustomLineItemRemoved OrderCustomTypeRemoved
        OrderCustomTypeSet OrderCustomerEmailSet OrderCustomerGroupSet OrderCustomerSet OrderDeleted OrderDiscountCodeAdded
        OrderDiscountCodeRemoved OrderDiscountCodeStateSet OrderEditApplied OrderEstimatedDeliverySet OrderImported
        OrderLineItemAdded OrderLineItemDiscountSet OrderLineItemDistributionChannelSet OrderLineItemRemoved OrderPaymentAdded
        OrderPaymentRemoved OrderPaymentStateChanged OrderPurchaseOrderNumberSet OrderReturnShipmentStateChanged
        OrderShipmentStateChanged OrderShippingAddressSet OrderShippingInfoSet OrderShippingRateInputSet OrderStateChanged
        OrderStateTransition OrderStoreSet ParcelAddedToDelivery ParcelItemsUpdated ParcelMeasurementsUpdated
        ParcelRemovedFromDelivery ParcelTrackingDataUpdated ReturnInfoAdded ReturnInfoSet
    """),
    "payment": _words("""
        PaymentCreated PaymentInteractionAdded PaymentInterfaceIdSet PaymentMethodInfoCustomFieldAdded
        PaymentMethodInfoCustomFieldChanged PaymentMethodInfoCustomFieldRemoved PaymentMethodInfoCustomTypeRemoved
        PaymentMethodInfoCustomTypeSet PaymentMethodInfoInterfaceAccountSet PaymentMethodInfoInterfaceSet
        PaymentMethodInfoMethodSet PaymentMethodInfoNameSet PaymentMethodInfoTokenSet PaymentStatusInterfaceCodeSet
        PaymentStatusStateTransition PaymentTransactionAdded PaymentTransactionInterfaceIdSet PaymentTransactionStateChanged
    """),
    "product": _words("""
        ProductAddedToCategory ProductCreated ProductDeleted ProductImageAdded ProductPriceAdded ProductPriceChanged
        ProductPriceCustomFieldAdded ProductPriceCustomFieldChanged ProductPriceCustomFieldRemoved
        ProductPriceCustomFieldsRemoved ProductPriceCustomFieldsSet ProductPriceDiscountsSet ProductPriceExternalDiscountSet
        ProductPriceKeySet ProductPriceModeSet ProductPriceRemoved ProductPricesSet ProductPublished
        ProductRemovedFromCategory ProductRevertedStagedChanges ProductSlugChanged ProductStateTransition ProductUnpublished
        ProductVariantAdded ProductVariantDeleted
    """),
    "product-selection": _words("""
        ProductSelectionCreated ProductSelectionDeleted ProductSelectionProductAdded ProductSelectionProductExcluded
        ProductSelectionProductRemoved ProductSelectionVariantExclusionChanged ProductSelectionVariantSelectionChanged
    """),
    "product-tailoring": _words("""
        ProductTailoringCreated ProductTailoringDeleted ProductTailoringDescriptionSet ProductTailoringImageAdded
        ProductTailoringImagesSet ProductTailoringKeySet ProductTailoringNameSet ProductTailoringPublished
        ProductTailoringSlugSet ProductTailoringUnpublished ProductVariantTailoringAdded ProductVariantTailoringRemoved
    """),
    "quote": _words("""
        QuoteCreated QuoteCustomerChanged QuoteDeleted QuoteRenegotiationRequested QuoteStateChanged QuoteStateTransition
    """),
    "quote-request": _words("""
        QuoteRequestCreated QuoteRequestCustomerChanged QuoteRequestDeleted QuoteRequestStateChanged
        QuoteRequestStateTransition
    """),
    "review": _words("""
        ReviewCreated ReviewRatingSet ReviewStateTransition
    """),
    "shopping-list": _words("""
        ShoppingListLineItemAdded ShoppingListLineItemRemoved ShoppingListStoreSet
    """),
    "staged-quote": _words("""
        StagedQuoteCreated StagedQuoteDeleted StagedQuoteSellerCommentSet StagedQuoteStateChanged StagedQuoteStateTransition
        StagedQuoteValidToSet
    """),
    "standalone-price": _words("""
        StandalonePriceActiveChanged StandalonePriceCreated StandalonePriceDeleted StandalonePriceDiscountSet
        StandalonePriceExternalDiscountSet StandalonePriceKeySet StandalonePriceStagedChangesApplied
        StandalonePriceStagedChangesRemoved StandalonePriceTierAdded StandalonePriceTierRemoved StandalonePriceTiersSet
        StandalonePriceValidFromAndUntilSet StandalonePriceValidFromSet StandalonePriceValidUntilSet
        StandalonePriceValueChanged
    """),
    "store": _words("""
        StoreCheckoutUrlTemplateSet StoreContactUrlSet StoreCookiePolicyUrlSet StoreCountriesChanged StoreCreated StoreDeleted
        StoreDistributionChannelsChanged StoreFaqUrlSet StoreImprintUrlSet StoreLanguagesChanged StoreNameSet
        StoreOrderUrlTemplateSet StorePrivacyPolicyUrlSet StoreProductSelectionsChanged StoreRefundPolicyUrlSet
        StoreShippingPolicyUrlSet StoreSupplyChannelsChanged StoreTermsOfServiceUrlSet
    """),
}
"""By the resource that they are about."""
MessageResourceTypeId = Literal[
    "approval-flow",
    "approval-rule",
    "associate-role",
    "business-unit",
    "category",
    "customer",
    "customer-email-token",
    "customer-group",
    "customer-password-token",
    "inventory-entry",
    "order",
    "payment",
    "product",
    "product-selection",
    "product-tailoring",
    "quote",
    "quote-request",
    "review",
    "shopping-list",
    "staged-quote",
    "standalone-price",
    "store",
]
ChangeResourceTypeId = Literal[
    "approval-flow",
    "approval-rule",
    "associate-role",
    "attribute-group",
    "business-unit",
    "cart",
    "cart-discount",
    "category",
    "channel",
    "customer",
    "customer-email-token",
    "customer-group",
    "customer-password-token",
    "discount-code",
    "discount-group",
    "extension",
    "inventory-entry",
    "key-value-document",
    "order",
    "order-edit",
    "payment",
    "product",
    "product-discount",
    "product-selection",
    "product-tailoring",
    "product-type",
    "quote",
    "quote-request",
    "recurrence-policy",
    "recurring-order",
    "review",
    "shipping-method",
    "shopping-list",
    "staged-quote",
    "standalone-price",
    "state",
    "store",
    "subscription",
    "tax-category",
    "type",
    "zone",
]
EventResourceTypeId = Literal["checkout", "import-api"]
EventType = Literal[
    "CheckoutOrderCreationFailed",
    "CheckoutPaymentAuthorizationCancelled",
    "CheckoutPaymentAuthorizationFailed",
    "CheckoutPaymentAuthorized",
    "CheckoutPaymentCancelAuthorizationFailed",
    "CheckoutPaymentCharged",
    "CheckoutPaymentChargeFailed",
    "CheckoutPaymentRefunded",
    "CheckoutPaymentRefundFailed",
    "ImportContainerCreated",
    "ImportContainerDeleted",
    "ImportOperationRejected",
    "ImportUnresolved",
    "ImportValidationFailed",
    "ImportWaitForMasterVariant",
]
CREATED_AND_DELETED: Final = "cart"
"""Of these the changes in between are not told."""
