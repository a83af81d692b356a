"""A CSV of applicants: real answers with labels for names, and the mistakes that such files have."""

import csv
from collections.abc import Sequence
from importlib import resources
from pathlib import Path
from typing import Any

from cohorts import countries


def zone_of(code: str) -> str:
    """A zone of that country, as the list of zones names them."""
    lines = resources.files("tzdata.zoneinfo").joinpath("zone.tab").read_text().splitlines()
    return next((line.split("\t")[2] for line in lines if line.startswith(f"{code}\t")), "")


def letters(number: int) -> str:
    """A to Z, then AA, AB, …"""
    text = ""
    while number >= 0:
        text, number = chr(65 + number % 26) + text, number // 26 - 1
    return text


def write_applicants(people: Sequence[dict[str, Any]], file: Path) -> list[str]:
    """Write a row for each of these people, of whom `country` and `expertise` are known; the errors they must give."""
    errors, rows = [], []
    for number, person in enumerate(people):
        line, label = number + 2, letters(number)
        code = countries.code_of(person["country"] or "")
        row = {
            "email": f"member-{label.lower()}@example.org",
            "name": f"Member {label}",
            "country": person["country"] or "",
            "zone": zone_of(code) if code else "",
            "institution": f"University {label}",
            "motivation": f"I work on {person['expertise'][0]}." if person["expertise"] else "",
            "topics": "; ".join(person["expertise"]),
        }
        if not person["expertise"]:
            errors.append(f"Line {line}, motivation: Write a sentence or two.")
        rows.append(row)
    usable = [number for number, person in enumerate(people) if person["expertise"]]
    # Mistakes that files have: an address twice, one that is none, a country and a zone that do not exist.
    first, twice, address, country, zone, *_rest = usable
    rows[twice]["email"] = rows[first]["email"].upper()
    errors.append(f"Line {twice + 2}, email: This address stands in line {first + 2} already.")
    rows[address]["email"] = "member at example.org"
    errors.append(f"Line {address + 2}, email: Enter a valid email address.")
    rows[country]["country"] = "Atlantis"
    errors.append(
        f"Line {country + 2}, country: There is no country called “Atlantis”. Use its name, or its two letters."
    )
    rows[zone]["zone"] = "Mars/Base"
    errors.append(f"Line {zone + 2}, zone: There is no time zone called “Mars/Base”. Choose the city nearest to you.")
    with file.open("w", newline="", encoding="utf-8-sig") as stream:
        writer = csv.DictWriter(stream, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    return errors
