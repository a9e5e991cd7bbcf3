"""The shipped crisis lines hold what they should, and a file that could send somebody wrong is
refused with its line."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from bot.care import deny_list
from bot.care.crisis_lines import BUILT_IN, check, load
from bot.care.crisis_model import Kind, Status
from bot.errors import DataError, Problem
from bot.paths import shipped_data

SHIPPED = shipped_data() / "crisis_lines.yaml"
ROOT = Path(__file__).parents[2]
TODAY = date(2026, 3, 2)


EMERGENCY = {
    "US": "911",
    "CA": "911",
    "GB": "999 112",
    "IE": "112 999",
    "AU": "000",
    "NZ": "111",
    "IN": "112",
    "DE": "112",
    "FR": "112 15",
    "ES": "112",
    "NL": "112",
    "IT": "112",
    "BR": "192 190",
    "MX": "911",
    "JP": "119 110",
    "ZA": "10177 112 10111",
    "PH": "911",
    "SG": "995 999",
    "AT": "144 112",
    "CH": "144 112",
    "BE": "112",
    "SE": "112",
    "DK": "112",
    "NO": "113 112",
    "FI": "112",
    "PT": "112",
    "PL": "112 999",
    "KR": "119",
    "HK": "999",
    "TW": "119",
    "MY": "999",
    "IL": "101 100",
    "CL": "131",
    "CO": "125 123",
    "AR": "911",
}

# What members may be told to dial or text, typed a second time: a slip in one of the two shows.
NUMBERS = {
    "us-988": "988 | 988",
    "us-988-es": "988, then 2 | AYUDA 988",
    "us-crisis-text-line": "HOME DISCORD 741741",
    "us-veterans": "988, then 1 | 838255",
    "us-trevor": "1-866-488-7386 | START 678-678",
    "us-trans-lifeline": "877-565-8860",
    "us-domestic-violence": "1-800-799-7233 | START 88788",
    "us-rainn": "1-800-656-4673",
    "us-stronghearts": "1-844-762-8483",
    "us-poison": "1-800-222-1222",
    "us-never-use-alone": "1-800-484-3731",
    "us-samhsa": "1-800-662-4357 | 1-800-487-4889",
    "us-anad": "1-888-375-7767",
    "us-nami": "1-800-950-6264",
    "ca-988": "988 | 988",
    "ca-trans-lifeline": "877-330-6366",
    "gb-samaritans": "116 123 | jo@samaritans.org",
    "gb-shout": "SHOUT 85258",
    "gb-nhs-111": "111, then 2",
    "ie-samaritans": "116 123",
    "ie-text-about-it": "HELLO 50808",
    "ie-pieta": "1800 247 247 | HELP 51444",
    "au-lifeline": "13 11 14 | 0477 13 11 14",
    "au-suicide-call-back": "1300 659 467",
    "nz-1737": "1737 | 1737",
    "nz-lifeline": "0800 543 354 | HELP 4357",
    "nz-suicide-crisis": "0508 828 865",
    "in-tele-manas": "14416 | 1-800-891-4416",
    "de-telefonseelsorge": "0800 111 0 111 | 0800 111 0 222 | 116 123",
    "fr-3114": "3114",
    "es-024": "024",
    "nl-113": "113 | 0800-0113",
    "it-telefono-amico": "02 2327 2327 | 324 011 7252",
    "br-cvv": "188",
    "mx-linea-de-la-vida": "800 911 2000",
    "mx-saptel": "55 5259 8121",
    "jp-yorisoi": "0120-279-338",
    "jp-inochi-sos": "0120-061-338",
    "jp-tell": "0800-300-8355",
    "za-sadag": "0800 567 567 | 31393 | 087 163 2030",
    "ph-ncmh": "0917-899-8727",
    "ph-ncmh-other": "1553 | 1800-1888-1553 | 0919-057-1553 | 0966-351-4518",
    "sg-sos": "1767 | 9151 1767",
    "sg-mindline": "1771 | 6669 1771",
    "at-telefonseelsorge": "142",
    "ch-143": "143",
    "be-zelfmoordlijn": "1813",
    "be-prevention-suicide": "0800 32 123",
    "be-tele-accueil": "107",
    "se-mind": "90101",
    "dk-livslinien": "70 201 201",
    "no-mental-helse": "116 123",
    "no-kirkens-sos": "22 40 00 40",
    "fi-mieli": "09 2525 0111",
    "pt-1411": "1411",
    "pl-116123": "116 123",
    "kr-109": "109",
    "hk-samaritan-befrienders": "2389 2222",
    "tw-1925": "1925",
    "my-heal": "15555",
    "il-eran": "1201",
    "cl-4141": "*4141",
    "co-106": "106",
    "ar-0800": "0800 999 0091",
    "ar-135": "135",
}

GOOD = """\
directory:
  - {name: "A directory", url: "https://directory.example"}
countries:
  "NO":
    local_name: "Norge"
    emergency:
      - {dial: "113", who: "ambulance", verified_on: null, verified_by: null}
    lines:
      - id: "no-one"
        name: "One"
        audience: ["anyone"]
        kind: "crisis"
        dial: "024, then 1"
        display: "024, then press 1"
        text_to: "55512"
        text_keyword: "HI"
        hours: null
        is_24_7: true
        languages: ["no"]
        status: "active"
        confidence: "A"
        source_url: "https://one.example"
        verified_on: 2025-09-01
        verified_by: "A person"
"""


def broken(tmp_path: Path, old: str, new: str) -> tuple[Problem, ...]:
    """The problems of the good file after one change."""
    assert GOOD.count(old) == 1
    file = tmp_path / "lines.yaml"
    file.write_text(GOOD.replace(old, new), encoding="utf-8")
    with pytest.raises(DataError) as caught:
        load(file)
    return caught.value.problems


def test_the_shipped_file_holds_the_35_countries() -> None:
    """Exactly the countries of the project's table are there."""
    assert len(EMERGENCY) == 35
    assert set(load(SHIPPED).countries) == set(EMERGENCY)


def test_the_shipped_emergency_numbers_are_those_of_the_table() -> None:
    """Each country has its emergency numbers, in order, character for character."""
    lines = load(SHIPPED)
    found = {}
    for code in lines.countries:
        country = lines.country(code)
        assert country
        found[code] = " ".join(entry.dial for entry in country.emergency)
    assert found == EMERGENCY


def test_the_shipped_lines_are_those_of_the_table() -> None:
    """Each active line has its numbers and keywords, character for character."""
    lines = load(SHIPPED)
    found = {}
    for code in lines.countries:
        country = lines.country(code)
        assert country
        for line in country.active:
            text = " ".join((*line.keywords, line.text_to)) if line.text_to else None
            ways = (*(n.dial for n in line.numbers), text, line.tty, line.whatsapp, line.email)
            found[line.id] = " | ".join(way for way in ways if way)
    assert found == NUMBERS


def test_nothing_shipped_claims_to_be_verified() -> None:
    """No line and no emergency number says that a person has checked it."""
    lines = load(SHIPPED)
    assert (
        lines.unverified == lines.shown == len(NUMBERS) + len(" ".join(EMERGENCY.values()).split())
    )


def test_numbers_without_a_source_wait_for_a_person() -> None:
    """The lines of confidence C are unconfirmed, and no other line is."""
    lines = load(SHIPPED)
    weak = set()
    for code in lines.countries:
        country = lines.country(code)
        assert country
        weak |= {line.id for line in country.lines if line.confidence == "C"}
        assert not any(line.status is Status.UNCONFIRMED for line in country.active)
    assert set(lines.unconfirmed) == weak
    assert "us-maternal" in weak


def test_what_is_no_crisis_line_is_not_kept_as_one() -> None:
    """SAMHSA and ANAD refer, NAMI informs."""
    country = load(SHIPPED).country("US")
    assert country
    kinds = {line.id: line.kind for line in country.lines}
    assert kinds["us-samhsa"] is kinds["us-anad"] is Kind.REFERRAL
    assert kinds["us-nami"] is Kind.INFORMATION


def test_the_shipped_file_passes_its_own_check() -> None:
    """Nothing of the shipped file fails or warns, whatever the day, while nothing is verified."""
    found = check(SHIPPED, TODAY)
    assert found.failures == found.warnings == ()


def test_countries_have_english_and_spanish_names() -> None:
    """Names come in both languages, codes in any case, and an unknown country is None."""
    lines = load(SHIPPED)
    assert (lines.countries["NL"].en, lines.countries["NL"].es) == ("Netherlands", "Países Bajos")
    assert lines.country("nl") is lines.country("NL")
    assert lines.country("IS") is lines.country(None) is lines.country("") is None


def test_the_built_in_directory_needs_no_file() -> None:
    """Without a file there are directories, and no country is claimed."""
    assert [entry.url for entry in BUILT_IN.directory] == [
        "https://findahelpline.com",
        "https://befrienders.org",
    ]
    assert BUILT_IN.countries == {}


def test_the_good_file_loads(tmp_path: Path) -> None:
    """The file that the broken ones are made from is sound."""
    file = tmp_path / "lines.yaml"
    file.write_text(GOOD, encoding="utf-8")
    assert load(file).country("NO")


@pytest.mark.parametrize(
    ("old", "new", "line", "field", "told"),
    [
        ('"024, then 1"', "024", 13, "countries.NO.lines[0].dial", "quotes"),
        ('"113", who', "113, who", 7, "countries.NO.emergency[0].dial", "quotes"),
        ('["no"]', "[no]", 19, "countries.NO.lines[0].languages[0]", "quotes"),
        ('"55512"', '"5551Z"', 15, "countries.NO.lines[0].text_to", "just what is dialled"),
        ('"NO":', "NO:", 5, "countries[False]", '"NO"'),
        ('"NO":', '"NX":', 5, "countries.NX", "not a country code"),
        ('"NO":', '"no":', 5, "countries.no", "not a country code"),
        ("press 1", "press 2", 14, "countries.NO.lines[0].display", "other digits than dial"),
        ('who: "ambulance"', 'who: "baker"', 7, "countries.NO.emergency[0].who", "police"),
        ('kind: "crisis"', 'kind: "hotline"', 12, "countries.NO.lines[0].kind", "warmline"),
        ('kind: "crisis"', 'kind: "referral"', 9, "countries.NO.lines", "crisis line"),
        ('status: "active"', 'status: "closed"', 9, "countries.NO.lines", "crisis line"),
        (
            "hours: null",
            "hours: null\n        fee: 1",
            18,
            "countries.NO.lines[0].fee",
            "not a field",
        ),
        ("        hours: null\n", "", 9, "countries.NO.lines[0].hours", "is missing"),
        ("2025-09-01", '"today"', 23, "countries.NO.lines[0].verified_on", "without quotes"),
        ("2025-09-01", "null", 23, "countries.NO.lines[0].verified_on", "verified_by"),
        ('"https://one', '"one', 22, "countries.NO.lines[0].source_url", "http://"),
        ('"https://dir', '"http://dir', 2, "directory[0].url", "https://"),
        ('text_to: "55512"', "free: true", 16, "countries.NO.lines[0].text_keyword", "text_to"),
        ('name: "One"', "name: One 988 press 3", 10, "countries.NO.lines[0].name", "17 July 2025"),
        ('"55512"', '"800 273 8255"', 15, "countries.NO.lines[0].text_to", "988"),
        ('"no-one"', '"No One"', 9, "countries.NO.lines[0].id", "small letters"),
        ('local_name: "Norge"', 'local_name: ""', 5, "countries.NO.local_name", "character"),
    ],
)
def test_a_mistake_is_told_with_line_field_and_sentence(
    tmp_path: Path, old: str, new: str, line: int, field: str, told: str
) -> None:
    """One mistake in the file gives one problem, where it stands, with words that help."""
    (problem,) = broken(tmp_path, old, new)
    assert (problem.line, problem.field) == (line, field)
    assert told in problem.sentence


def test_an_id_that_stands_twice_is_told_both_times(tmp_path: Path) -> None:
    """Two lines with one id are refused, each with its line."""
    second = GOOD[GOOD.index("      - id") :]
    file = tmp_path / "lines.yaml"
    file.write_text(GOOD + second, encoding="utf-8")
    with pytest.raises(DataError) as caught:
        load(file)
    assert [(p.line, p.field) for p in caught.value.problems] == [
        (9, "countries.NO.lines[0].id"),
        (25, "countries.NO.lines[1].id"),
    ]


def test_a_country_without_an_emergency_number_is_refused(tmp_path: Path) -> None:
    """An empty list of emergency numbers is a mistake."""
    entry = '      - {dial: "113", who: "ambulance", verified_on: null, verified_by: null}\n'
    (problem,) = broken(tmp_path, "    emergency:\n" + entry, "    emergency: []\n")
    assert (problem.line, problem.field) == (6, "countries.NO.emergency")


def test_a_country_may_say_that_no_line_is_known(tmp_path: Path) -> None:
    """none_known stands in for a crisis line, and is refused beside one."""
    told = GOOD.replace('local_name: "Norge"', 'local_name: "Norge"\n    none_known: true')
    file = tmp_path / "lines.yaml"
    file.write_text(told, encoding="utf-8")
    with pytest.raises(DataError, match="none_known: cannot be true"):
        load(file)
    file.write_text(told.replace('"active"', '"closed"'), encoding="utf-8")
    assert load(file).country("NO")


def test_without_a_directory_the_file_is_refused(tmp_path: Path) -> None:
    """Whoever cannot call, or is elsewhere, is left with nothing if there is no directory."""
    entry = '  - {name: "A directory", url: "https://directory.example"}\n'
    (problem,) = broken(tmp_path, "directory:\n" + entry, "directory: []\n")
    assert problem.field == "directory"


def test_a_missing_file_is_a_data_error(tmp_path: Path) -> None:
    """A file that is not there is told like any other mistake."""
    with pytest.raises(DataError, match="cannot be read"):
        load(tmp_path / "nothing.yaml")


@pytest.mark.parametrize(
    ("today", "outcome"),
    [
        (date(2025, 9, 1), "well"),
        (date(2026, 2, 28), "well"),
        (date(2026, 3, 1), "warning"),
        (date(2026, 9, 1), "warning"),
        (date(2026, 9, 2), "failure"),
        (date(2025, 8, 31), "failure"),
    ],
)
def test_a_verification_grows_old(tmp_path: Path, today: date, outcome: str) -> None:
    """Past 180 days it warns, past 365 it fails, and so does a day in the future."""
    file = tmp_path / "lines.yaml"
    file.write_text(GOOD, encoding="utf-8")
    found = check(file, today)
    assert (len(found.failures), len(found.warnings)) == {
        "well": (0, 0),
        "warning": (0, 1),
        "failure": (1, 0),
    }[outcome]
    for problem in (*found.failures, *found.warnings):
        assert (problem.line, problem.field) == (23, "countries.NO.lines[0].verified_on")


def test_an_old_verification_does_not_stop_the_start(tmp_path: Path) -> None:
    """load has no calendar: a line that was right yesterday still helps today."""
    file = tmp_path / "lines.yaml"
    file.write_text(GOOD.replace("2025-09-01", "2015-09-01"), encoding="utf-8")
    assert load(file).unverified == 1  # the emergency number


@pytest.mark.parametrize(
    "text",
    [
        "call 1-800-931-2237",
        "call 1 (800) 931.2237",
        "call 800–931–2237 now",
        "call 1\u200b800\u200b931\u200b2237",
        "call ８００-９３１-２２３７",
        "text neda to 741741",
        "988, press 3",
        "dial 988 and then press 3",
        "Text PRIDE to 988",
        "+44 8457 90 90 90",
        "08457 909090",
        "01.40.09.15.22",
        "text ANSWER to 839863",
        "1-800-SUICIDE",
        "1800 599 0019",
        "0570-046-556",
        "0900 0113",
    ],
)
def test_a_dead_number_is_found_however_it_is_written(text: str) -> None:
    """Spaces, dashes, dots, brackets and odd digits hide nothing from the deny-list."""
    assert deny_list.find(text)


@pytest.mark.parametrize(
    "text",
    [
        "988, then press 1",
        "text HOME to 741741",
        "1411",
        "141 people",
        "section 717",
        "1393",
        "0570-064-556",
        "0800-0113",
        "message 1478392261139318393",
    ],
)
def test_the_deny_list_leaves_living_numbers_alone(text: str) -> None:
    """Numbers in use, and numbers that only look like short dead ones, pass."""
    assert not deny_list.find(text)


@pytest.mark.parametrize(("country", "dial"), [("BR", "141"), ("KR", "1393"), ("ES", "717")])
def test_short_dead_numbers_are_found_in_their_country(country: str, dial: str) -> None:
    """A short number is dead in one country only."""
    assert deny_list.find(dial, country)
    assert not deny_list.find(dial, "PT")


def test_the_denied_strings_find_themselves() -> None:
    """What other lints are given is what find catches."""
    assert len(deny_list.strings()) >= 15
    assert all(deny_list.find(string) for string in deny_list.strings())


def test_no_dead_number_stands_in_data_or_code() -> None:
    """The deny-list is the one file in which dead numbers stand."""
    found = {}
    for folder in ("bot", "cogs", "data"):
        for file in (ROOT / folder).rglob("*"):
            if file.suffix in {".py", ".yaml", ".po", ".md"} and file.name != "deny_list.py":
                denied = deny_list.find(file.read_text(encoding="utf-8"))
                if denied:
                    found[str(file)] = [entry.written for entry in denied]
    assert found == {}
