"""Countries by their two letters, as `Member.country` keeps them; the list comes with the time zones."""

from functools import cache
from importlib import resources

from core.text import fold

# The time-zone list shortens names; these are written out, and each is understood in both ways.
WRITTEN_OUT = {
    "AG": "Antigua and Barbuda",
    "BA": "Bosnia and Herzegovina",
    "CD": "Democratic Republic of the Congo",
    "CF": "Central African Republic",
    "CG": "Republic of the Congo",
    "CZ": "Czechia",
    "GB": "United Kingdom",
    "KN": "St Kitts and Nevis",
    "KP": "North Korea",
    "KR": "South Korea",
    "MM": "Myanmar",
    "ST": "Sao Tome and Principe",
    "SZ": "Eswatini",
    "TT": "Trinidad and Tobago",
    "WS": "Samoa",
}
ALSO = {
    "britain": "GB",
    "great britain": "GB",
    "russian federation": "RU",
    "the netherlands": "NL",
    "turkiye": "TR",
    "uk": "GB",
    "united states of america": "US",
    "usa": "US",
    "viet nam": "VN",
}


@cache
def names() -> dict[str, str]:
    """The name of each country by its two letters, in the order of the names."""
    lines = resources.files("tzdata.zoneinfo").joinpath("iso3166.tab").read_text().splitlines()
    listed = dict(line.split("\t")[:2] for line in lines if line and not line.startswith("#"))
    return dict(sorted((listed | WRITTEN_OUT).items(), key=lambda entry: fold(entry[1])))


@cache
def _codes() -> dict[str, str]:
    lines = resources.files("tzdata.zoneinfo").joinpath("iso3166.tab").read_text().splitlines()
    short = {_key(line.split("\t")[1]): line.split("\t")[0] for line in lines if line and not line.startswith("#")}
    return short | {_key(name): code for code, name in names().items()} | ALSO


def _key(name: str) -> str:
    """Folded, with the apostrophe that keyboards have and “and” in full."""
    return fold(name).replace("\u2019", "'").replace(" & ", " and ")


def code_of(text: str) -> str:
    """The two letters for a country given by them or by its name; empty where it is neither."""
    code = text.strip().upper()
    return code if code in names() else _codes().get(_key(text), "")


def name_of(code: str) -> str:
    return names().get(code, code)
