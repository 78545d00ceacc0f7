"""The HTML of the public notices."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from service_kit.clock import SHANGHAI, today
from service_kit.receipts import grouped

from gateway.clients import SERVICE_TITLES, ServiceName
from gateway.gongshi.look import Look
from gateway.gongshi.notices import Listing, Notice, NoticeRow, NoticeTable
from gateway.gongshi.terms import KIND_NAMES, kind_name, long_date, period_of, state_of

_TEMPLATES = Path(__file__).parent / "templates"
_CSS = (_TEMPLATES / "style.css").read_text(encoding="utf-8").strip()
_SCRIPT = "const b=document.getElementById('print');b.hidden=false;b.onclick=()=>print()"
"""All that needs a script is the print button, which stays away without one."""


def _hash(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


POLICY = (
    f"default-src 'none'; style-src 'sha256-{_hash(_CSS)}'; script-src 'sha256-{_hash(_SCRIPT)}'; img-src 'self';"
    " form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
"""Content-Security-Policy of these pages: nothing but what is written here runs or is fetched."""

_environment = Environment(
    loader=FileSystemLoader(_TEMPLATES),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_environment.globals["css"] = Markup(_CSS)  # noqa: S704 - our own file

_environment.filters["long_date"] = long_date
_environment.filters["grouped"] = grouped
_YEARS = 6
"""How many years back the list offers."""

Region = tuple[str, str]
"""Code and name; the code "" stands for everywhere."""


@cache
def _template(name: str) -> Any:
    return _environment.get_template(name)


def list_href(region: str = "", kind: str = "", cursor: str | None = None, year: str = "", q: str = "") -> str:
    """The address of a list."""
    pairs = (("region", region), ("kind", kind), ("year", year), ("q", q), ("cursor", cursor))
    query = {key: value for key, value in pairs if value}
    return f"/gongshi?{urlencode(query)}" if query else "/gongshi"


def notice_href(service: ServiceName, notice: NoticeRow) -> str:
    return f"/gongshi/{service}/{notice.id}?county={notice.county_code}"


def objection_href(service: ServiceName, notice: NoticeRow) -> str:
    return f"/gongshi/{service}/{notice.id}/objection?county={notice.county_code}"


def render_list(
    look: Look,
    listing: Listing,
    *,
    path: Sequence[Region],
    children: Sequence[Region],
    kind: str,
    year: str,
    q: str,
    cursor: str | None,
) -> str:
    """A page of notices of the last region of ``path``."""
    region, name = path[-1]
    this_year = today().year
    html: str = _template("list.html").render(
        look=look,
        heading=f"{name}公告公示" if region else "公告公示",
        crumbs=[{"name": crumb, "href": list_href(code, kind, None, year, q)} for code, crumb in path],
        children=[{"name": child, "href": list_href(code, kind, None, year, q)} for code, child in children],
        years=[str(this_year - back) for back in range(_YEARS)],
        year=year,
        q=q,
        cleared_href=list_href(region),
        region=region,
        selected=kind,
        groups=[(service, SERVICE_TITLES[service], tuple(kinds.items())) for service, kinds in KIND_NAMES.items()],
        missing=[SERVICE_TITLES[service] for service in listing.missing],
        items=[_row(service, notice) for service, notice in listing.items],
        first=cursor is None,
        first_href=list_href(region, kind, None, year, q),
        next_href=listing.next and list_href(region, kind, listing.next, year, q),
    )
    return html


def _row(service: ServiceName, notice: NoticeRow) -> dict[str, Any]:
    state, state_name = state_of(notice.starts_on, notice.ends_on, today())
    return {
        "href": notice_href(service, notice),
        "title": notice.title,
        "kind_name": kind_name(service, notice.kind),
        "region_name": notice.region_name or notice.region_code,
        "document_number": notice.document_number,
        "published_on": notice.published_at.astimezone(SHANGHAI).date(),
        "state": state,
        "state_name": state_name,
    }


def render_notice(look: Look, service: ServiceName, notice: Notice) -> str:
    """One notice, as it is also printed."""
    state, state_name = state_of(notice.starts_on, notice.ends_on, today())
    published_on = notice.published_at.astimezone(SHANGHAI).date()
    html: str = _template("notice.html").render(
        look=look,
        notice=notice,
        objection_href=objection_href(service, notice) if takes_objections(notice) else None,
        kind_name=kind_name(service, notice.kind),
        region_name=notice.region_name or notice.region_code,
        region_href=list_href(notice.region_code),
        period=period_of(notice.starts_on, notice.ends_on),
        state=state,
        state_name=state_name,
        published_on=published_on,
        published=long_date(published_on),
        table=_table(notice.table),
        script=Markup(_SCRIPT),  # noqa: S704 - our own text
    )
    return html


def _table(table: NoticeTable | None) -> dict[str, Any] | None:
    if table is None:
        return None
    columns = [
        {"name": name, "numeric": _numeric([row[at] for row in table.rows if at < len(row)])}
        for at, name in enumerate(table.columns)
    ]
    width = len(columns)
    return {"columns": columns, "rows": [(row + [""] * width)[:width] for row in table.rows]}


def _numeric(cells: Sequence[str]) -> bool:
    """Amounts and counts stand on the right; years, which are numbers too, are not harmed by it."""
    return bool(cells) and all(cell.replace(",", "").replace(".", "", 1).removeprefix("-").isdigit() for cell in cells)


def takes_objections(notice: NoticeRow) -> bool:
    """While it is up; the service has the last word."""
    return notice.starts_on <= today() and (notice.ends_on is None or today() <= notice.ends_on)


def render_message(look: Look, heading: str, text: str) -> str:
    return render("message.html", look, heading=heading, text=text)


def render(template: str, look: Look, **content: Any) -> str:
    """Any of the simpler pages."""
    html: str = _template(template).render(look=look, script=Markup(_SCRIPT), **content)  # noqa: S704 - our own text
    return html
