"""The currencies of ISO 4217 and the decimals of their minor units, with the zero-digit variants of the API.

commercetools: Common API data types, CurrencyCode and CentPrecisionMoney.
"""

from __future__ import annotations

from typing import Final

_TWO_DIGITS = """
    AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE CHF CHW CNY COP
    COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD
    KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK
    NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT
    TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XAD XCD XCG YER ZAR ZMW ZWG
"""
# Withdrawn in the last years, and still on orders that are imported from elsewhere.
_WITHDRAWN = "ANG CUC HRK SLL ZWL"
_ZERO_DIGITS = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF CZK0 HUF0 ILS0 KZT0 TRY0 TWD0"
_THREE_DIGITS = "BHD IQD JOD KWD LYD OMR TND"

# Not here: CLF and UYW, units of account with four digits, where the API ends at three; metals, funds and test codes,
# which have no minor unit to count in.
FRACTION_DIGITS: Final[dict[str, int]] = {
    code: digits
    for codes, digits in ((_TWO_DIGITS, 2), (_WITHDRAWN, 2), (_ZERO_DIGITS, 0), (_THREE_DIGITS, 3))
    for code in codes.split()
}
