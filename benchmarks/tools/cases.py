"""The measured requests to the register, each with the SQL that the service runs for it."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from monitoring_api.households import rules, views
from monitoring_api.households.views import Filters
from service_kit.crypto import FieldCrypto
from service_kit.pagination import PageParams

from benchmarks.tools.floor import Query
from benchmarks.tools.load import Request
from benchmarks.tools.samples import Samples
from benchmarks.tools.statements import Recorder, one_query
from benchmarks.tools.system import System

READ = "monitoring.households:read"
_PAGE = PageParams(limit=20, cursor=None, with_total=False)


@dataclass(frozen=True)
class Case:
    """Requests to the register and the one statement behind them; the n-th arguments belong to the n-th request."""

    name: str
    requests: list[Request]
    query: Query


class Cases:
    """Builds the cases for one system. Actors are bureaus, each of the county that is asked about."""

    def __init__(self, system: System, samples: Samples) -> None:
        self._samples = samples
        self._crypto = FieldCrypto.from_file(system.layout.field_keys("monitoring"))
        counties = {code[:6] for code in samples.villages} | {county for county, _, _ in samples.people}
        self._tokens = {county: system.token(county, READ) for county in counties}

    async def village_list(self) -> Case:
        """The first 20 households of a village."""
        requests, recorders = [], []
        for village in self._samples.villages:
            target = f"/households?{urlencode({'region': village, 'limit': 20})}"
            requests.append(Request("GET", target, self._tokens[village[:6]]))
            recorders.append(await self._record(Filters(village)))
        return Case("village list", requests, one_query(recorders))

    async def name_search(self) -> Case:
        """A person's full name in the county."""
        requests, recorders = [], []
        for county, name, _ in self._samples.people:
            target = f"/households?{urlencode({'region': county, 'q': name, 'limit': 20})}"
            requests.append(Request("GET", target, self._tokens[county]))
            recorders.append(await self._record(Filters(county, name=rules.name_search(name))))
        return Case("search by name", requests, one_query(recorders))

    async def identity_search(self) -> Case:
        """A person's identity number in the county."""
        requests, recorders = [], []
        for county, _, number in self._samples.people:
            body = f'{{"region":"{county}","id_number":"{number}","limit":20}}'
            requests.append(Request("POST", "/households/search", self._tokens[county], body))
            identity = self._crypto.blind_index(number)
            recorders.append(await self._record(Filters(county, identity=identity)))
        return Case("search by identity number", requests, one_query(recorders))

    async def _record(self, filters: Filters) -> Recorder:
        recorder = Recorder()
        await views.list_households(recorder, filters, _PAGE)
        return recorder
