"""The generated population: exact figures, valid numbers, sensible households, the same on every run."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from linkage_local.seed.counties import CountySeed, make_county
from linkage_local.seed.families import compose
from linkage_local.seed.figures import income_line, zixing_villages
from linkage_local.seed.identity import IdentityNumbers, PhoneNumbers, RowIds
from linkage_local.seed.incomes import BELOW_LINE
from linkage_local.seed.people import AS_OF, Person
from linkage_local.seed.regions import generated_county, other_counties, zixing, zixing_regions
from linkage_local.seed.sizes import MAX_SIZE, split_people
from linkage_local.seed.villages import Household, group_numeral
from service_kit.region import parent_of
from service_kit.validators import parse_resident_id


@dataclass(frozen=True)
class Zixing:
    households: list[Household]

    @property
    def people(self) -> list[Person]:
        return [person for household in self.households for person in household.members]


@pytest.fixture(scope="module")
def county() -> Zixing:
    return Zixing(make_county(zixing()))


class TestFigures:
    def test_every_village_has_exactly_the_published_numbers(self, county: Zixing) -> None:
        counted: dict[str, Counter[str]] = {}
        for household in county.households:
            village = counted.setdefault(household.village_code, Counter())
            people = len(household.members)
            village["population"] += people
            if household.lifted:
                village["lifted_households"] += 1
                village["lifted_people"] += people
            if household.monitored:
                village["monitored_households"] += 1
                village["monitored_people"] += people

        for figures in zixing_villages():
            village = counted.pop(figures.code)
            assert village["population"] == figures.population
            assert village["lifted_households"] == figures.lifted_households
            assert village["lifted_people"] == figures.lifted_people
            assert village["monitored_households"] == figures.monitored_households
            assert village["monitored_people"] == figures.monitored_people
        assert not counted

    def test_the_county_adds_up_to_the_published_totals(self, county: Zixing) -> None:
        lifted = [household for household in county.households if household.lifted]
        monitored = [household for household in county.households if household.monitored]

        assert len(county.people) == 55_633
        assert (len(lifted), sum(len(h.members) for h in lifted)) == (1_659, 4_515)
        assert (len(monitored), sum(len(h.members) for h in monitored)) == (119, 244)

    def test_72_counties_are_enough_for_1_2_million_households(self, county: Zixing) -> None:
        assert len(county.households) * 72 >= 1_200_000
        assert len(county.people) * 72 >= 4_000_000


class TestAgreementWithinHouseholds:
    def test_each_household_has_one_head_and_the_head_comes_first(self, county: Zixing) -> None:
        for household in county.households:
            relations = [member.relation for member in household.members]
            assert relations[0] == "head"
            assert relations.count("head") == 1
            assert relations.count("spouse") <= 1

    def test_unstable_lifted_households_are_lifted_and_the_other_classes_are_not(self, county: Zixing) -> None:
        for household in county.households:
            if household.kind == "unstable_lifted":
                assert household.lifted
            elif household.monitored:
                assert not household.lifted

    def test_income_per_head_is_on_the_right_side_of_the_line(self, county: Zixing) -> None:
        line = income_line("431081")
        for household in county.households:
            if household.kind in BELOW_LINE:
                assert household.net_income_per_head < line
            else:
                assert household.net_income_per_head > line
            assert all(amount >= 0 for income in household.incomes for amount in income[1:])

    def test_monitored_households_name_their_risks_and_a_day(self, county: Zixing) -> None:
        for household in county.households:
            assert bool(household.risks) == household.monitored
            assert (household.monitored_since is not None) == household.monitored
            assert household.monitored_since is None or household.monitored_since < AS_OF

    def test_an_illness_or_disability_risk_is_borne_by_a_member(self, county: Zixing) -> None:
        for household in county.households:
            health = {member.health for member in household.members}
            if household.risks[:1] == ("illness",):
                assert "severe" in health
            if household.risks[:1] == ("disability",):
                assert "disabled" in health

    def test_nobody_who_cannot_work_works_and_no_child_has_a_phone(self, county: Zixing) -> None:
        for person in county.people:
            if person.labour in ("none", "lost"):
                assert person.employment == "none"
            if person.birth_date.year > AS_OF.year - 16:
                assert person.phone is None
                assert person.labour == "none"

    @given(st.integers(1, MAX_SIZE), st.integers(0, 2**32))
    def test_generations_are_at_least_seventeen_years_apart(self, size: int, seed: int) -> None:
        roles = compose(size, Random(seed))

        assert len(roles) == size
        ages = {relation: [r.age for r in roles if r.relation == relation] for relation in
                ("head", "spouse", "child", "child_in_law", "grandchild", "parent")}  # fmt: skip
        assert all(1 <= role.age <= 97 for role in roles)
        assert all(p - ages["head"][0] >= 18 for p in ages["parent"])
        assert all(e - c >= 17 for e in ages["head"] + ages["spouse"] for c in ages["child"])
        assert all(c - g >= 17 for c in ages["child"] + ages["child_in_law"] for g in ages["grandchild"])


class TestNumbers:
    def test_identity_numbers_are_valid_unique_and_say_birth_date_and_sex(self, county: Zixing) -> None:
        for person in county.people:
            read = parse_resident_id(person.id_number)
            assert (read.region_code, read.birth_date, read.sex) == ("431081", person.birth_date, person.sex)
            assert person.id_number[14] == "9"
        assert len({person.id_number for person in county.people}) == 55_633

    def test_an_exhausted_year_is_an_error_and_never_a_second_person_with_the_same_number(self) -> None:
        numbers = IdentityNumbers("431081", Random(1))
        taken = [numbers.take("male", 1970)[0] for _ in range(365 * 50)]

        assert len(set(taken)) == len(taken)
        with pytest.raises(IndexError):
            numbers.take("male", 1970)

    def test_phones_reach_nobody_and_are_unique_over_counties(self, county: Zixing) -> None:
        phones = [person.phone for person in county.people if person.phone]
        elsewhere = PhoneNumbers(1)
        other = [elsewhere.take() for _ in range(60_000)]

        assert all(len(phone) == 11 and phone.startswith("154") for phone in phones)
        assert len({*phones, *other}) == len(phones) + len(other)

    def test_ids_are_version_seven_and_in_time_order(self) -> None:
        ids = RowIds(1_790_000_000_000, Random(1))
        drawn = [ids.take() for _ in range(1_000)]

        assert {(one.version, one.variant) for one in drawn} == {(7, "specified in RFC 4122")}
        assert drawn == sorted(drawn)


class TestReproducibility:
    def test_the_same_seed_gives_the_same_rows(self) -> None:
        small = zixing_villages()[:2]

        first = make_county(CountySeed("431081", 0, tuple(small)))
        second = make_county(CountySeed("431081", 0, tuple(small)))

        assert first == second

    def test_another_seed_gives_other_people(self) -> None:
        small = tuple(zixing_villages()[:1])

        first = make_county(CountySeed("431081", 0, small, seed=1))
        second = make_county(CountySeed("431081", 0, small, seed=2))

        assert [h.members[0].name for h in first] != [h.members[0].name for h in second]


class TestSplit:
    @given(st.data())
    def test_sizes_sum_up_exactly(self, data: st.DataObject) -> None:
        households = data.draw(st.integers(0, 300))
        people = data.draw(st.integers(households, households * MAX_SIZE))

        sizes = split_people(people, households, Random(data.draw(st.integers(0, 99))))

        assert (len(sizes), sum(sizes)) == (households, people)
        assert all(1 <= size <= MAX_SIZE for size in sizes)

    @pytest.mark.parametrize(("people", "households"), [(4, 5), (9, 1), (1, 0)])
    def test_impossible_figures_are_refused(self, people: int, households: int) -> None:
        with pytest.raises(ValueError, match="不能分成"):
            split_people(people, households, Random(1))


class TestRegions:
    def test_zixing_has_234_regions_whose_parents_are_there(self) -> None:
        regions = zixing_regions()
        codes = {region.code for region in regions}

        assert len(regions) == len(codes) == 234
        assert all(region.parent_code in codes or region.code == "43" for region in regions)
        assert Counter(region.level for region in regions) == {
            "province": 1, "prefecture": 1, "county": 1, "township": 13, "village": 218,
        }  # fmt: skip

    def test_published_villages_are_among_the_regions_by_code_and_name(self) -> None:
        names = {region.code: region.name for region in zixing_regions()}

        assert all(names[village.code] == village.name for village in zixing_villages())
        assert all(names[village.code[:9]] == village.township_name for village in zixing_villages())

    def test_load_counties_start_with_sichuan_and_never_repeat_or_are_zixing(self) -> None:
        counties = other_counties(130)

        codes = [county.code for county in counties]
        assert all(code.startswith("51") for code in codes[:50])
        assert len(set(codes)) == 130
        assert "431081" not in codes
        assert all(len(code) == 6 and code.isdigit() for code in codes)

    def test_a_generated_county_has_zixings_figures_and_its_own_names(self) -> None:
        seed, regions = generated_county(other_counties(1)[0], 1)

        codes = {region.code for region in regions}
        assert [v.population for v in seed.villages] == [v.population for v in zixing_villages()]
        assert all(village.code in codes and village.county_code == "513230" for village in seed.villages)
        assert all(parent_of(code) in codes or len(code) == 2 for code in codes)
        assert len({village.name for village in seed.villages}) == 37

    def test_people_of_two_counties_share_no_id_and_no_number(self) -> None:
        here = make_county(CountySeed("431081", 0, tuple(zixing_villages()[:3])))
        seed, _ = generated_county(other_counties(1)[0], 1)
        there = make_county(CountySeed(seed.county_code, 1, seed.villages[:3]))

        def keys(households: list[Household]) -> set[object]:
            people = [person for household in households for person in household.members]
            return {p.id for p in people} | {p.id_number for p in people} | {h.id for h in households}

        assert not keys(here) & keys(there)


@pytest.mark.parametrize(("number", "text"), [(1, "一"), (10, "十"), (12, "十二"), (20, "二十"), (35, "三十五")])
def test_groups_are_numbered_as_people_write_them(number: int, text: str) -> None:
    assert group_numeral(number) == text


def test_birth_dates_are_before_the_day_of_the_register(county: Zixing) -> None:
    assert all(date(1928, 1, 1) < person.birth_date < AS_OF for person in county.people)
