"""The control chart tab of an indicator."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import polars as pl
from django.http import Http404

from commonweal import figures
from commonweal.benchmarking import NoControlChart, Variation, charts_of, variation
from commonweal.figures import Figure
from commonweal.figures.numbers import format_number
from commonweal.web.benchmarking.query import Option
from commonweal.web.benchmarking.targets import IndicatorTarget, target_of
from commonweal.web.benchmarking.wording import with_unit

if TYPE_CHECKING:
    from commonweal.web.benchmarking.indicator_page import IndicatorPage

BASELINES = (6, 8, 10, 12, 15, 20, 24)
CAUSES = {
    "above the upper limit": "the newest value is above the upper limit",
    "below the lower limit": "the newest value is below the lower limit",
    "rising trend": "the newest values rise without a break",
    "falling trend": "the newest values fall without a break",
    "two of three near the upper limit": "two of three values are near the upper limit",
    "two of three near the lower limit": "two of three values are near the lower limit",
    "run above the centre line": "a run of values lies above the centre line",
    "run below the centre line": "a run of values lies below the centre line",
}
NATURES = {
    "improving": ("is improving", "Improving"),
    "concerning": ("is getting worse", "Concerning"),
    "neither": ("has changed", "Changed"),
}
ASSURANCES = {
    "pass": ("Passing", "The target will be met consistently: natural variation stays on its good side."),
    "fail": (
        "Failing",
        "The target will be missed consistently unless something changes: natural variation does not reach it.",
    ),
    "hit and miss": (
        "Hit and miss",
        "The target will be met at times and missed at times, by natural variation alone.",
    ),
    "no target": ("No target", "No goal and no programme's objective sets a target for this indicator."),
    "no direction": ("Not judged", "Neither high nor low is good in itself, so no target is judged."),
    "no limits": ("Not assessed", "There are no limits to judge a target by."),
}


@dataclass(frozen=True)
class Icon:
    """`kind` names the drawing, `word` stands beside it, `words` explain it."""

    kind: str
    word: str
    words: str


class ControlTab:
    """The chosen area in time: natural variation, or a change with a cause."""

    def __init__(self, page: IndicatorPage) -> None:
        self.page = page
        self.area = page.query.name(page.query.area)

    # What is chosen ---

    @cached_property
    def charts(self) -> dict[str, str]:
        return charts_of(self.page.query.board, self.page.indicator.id)

    @cached_property
    def chart(self) -> str:
        return self.page.query.chosen("chart", self.charts, "xmr")

    @cached_property
    def baselines(self) -> dict[str, str]:
        held = len(self.page.periods)
        numbers = {str(n): f"The first {n} of each phase" for n in BASELINES if n < held}
        return {"all": "Every point of each phase"} | numbers

    @cached_property
    def baseline(self) -> str:
        return self.page.query.chosen("baseline", self.baselines, "all")

    @cached_property
    def rebased(self) -> list[str]:
        """Periods from which the person says that limits begin anew, in order."""
        asked = self.page.query.asked
        wanted = [*asked.get("rebase", "").split(","), asked.get("rebase_too", "")]
        wanted = [label for label in wanted if label and label != "none"]
        offered = list(self.page.periods)
        for label in wanted:
            if label not in offered:
                raise Http404("A period from which limits were to begin anew is not one of this indicator's.")
        return [label for label in reversed(offered) if label in wanted]

    @property
    def rebase(self) -> str:
        return ",".join(self.rebased)

    @cached_property
    def phases(self) -> list[tuple[str, str]]:
        """Each phase that was begun, and the address without it."""
        left = {label: [other for other in self.rebased if other != label] for label in self.rebased}
        return [
            (label, self.page.query.link(rebase=",".join(others) or None, rebase_too=None))
            for label, others in left.items()
        ]

    @cached_property
    def rebase_options(self) -> list[Option]:
        # Nothing comes before the first period, so that no phase can begin there.
        later = [label for label in list(self.page.periods)[:-1] if label not in self.rebased]
        nowhere = "Nowhere else" if self.rebased else "Nowhere: one set of limits"
        return [Option("none", nowhere, True), *(Option(label, label, False) for label in later)]

    @cached_property
    def break_hints(self) -> list[tuple[str, str, str]]:
        """Breaks in the series without a phase of their own: reason, period, and the address that begins one there."""
        hints = []
        starts = self.page.series.select("period", "period_start").unique().sort("period_start")
        for found in self.page.indicator.series_breaks:
            after = starts.filter(pl.col("period_start").cast(pl.String) >= found.date)["period"].to_list()
            if after and after[0] in list(self.page.periods)[:-1] and after[0] not in self.rebased:
                link = self.page.query.link(rebase=",".join([*self.rebased, after[0]]), rebase_too=None)
                hints.append((found.reason, after[0], link))
        return hints

    # What is found ---

    @cached_property
    def target(self) -> IndicatorTarget | None:
        newest = self.page.series["period_end"].max()
        return target_of(self.page.indicator, newest)  # type: ignore[arg-type]

    @cached_property
    def _found(self) -> Variation | NoControlChart:
        page = self.page
        sex, age = page.people
        try:
            return variation(
                page.query.board,
                page.indicator.id,
                page.query.area,
                sex=sex,
                age=age,
                chart=self.chart,
                rebase_at=self.rebased,
                baseline=None if self.baseline == "all" else int(self.baseline),
                target=self.target.value if self.target else None,
            )
        except NoControlChart as reason:
            return reason

    @property
    def found(self) -> Variation | None:
        return self._found if isinstance(self._found, Variation) else None

    @property
    def why_not(self) -> str:
        """Why there is no chart; empty where there is one."""
        return "" if self.found else str(self._found)

    @cached_property
    def title(self) -> str:
        assert self.found is not None
        last = self.found.last
        nature = last["variation"].split(" ")[0]
        if nature in NATURES:
            return f"{self.area} {NATURES[nature][0]}: {CAUSES.get(last['special_cause'], last['special_cause'])}"
        if last["variation"] == "not assessed":
            return f"{self.area}: too few values in succession for limits"
        return f"{self.area}: natural variation only, no sign of a change now"

    @cached_property
    def icons(self) -> list[Icon]:
        assert self.found is not None
        last = self.found.last
        nature, _, height = last["variation"].partition(" ")
        if nature in NATURES:
            higher = {"high": "higher", "low": "lower"}[height]
            cause = CAUSES.get(last["special_cause"], last["special_cause"])
            change = Icon(
                f"{nature}-{height}",
                f"{NATURES[nature][1]}, {higher} values",
                f"A special cause: {cause}. Something has changed; find out what.",
            )
        elif last["variation"] == "common cause":
            change = Icon("common", "Common cause", "Natural variation: no value or pattern that calls for a reason.")
        else:
            change = Icon("unknown", "Not assessed", "There are no limits to judge variation by.")
        word, words = ASSURANCES[last["assurance"]]
        return [change, Icon(last["assurance"].replace(" ", "-"), word, words)]

    @cached_property
    def sentences(self) -> list[str]:
        """Centre, limits and target in words, and what to bear in mind."""
        assert self.found is not None
        indicator, last = self.page.indicator, self.found.last

        def printed(value: float) -> str:
            return with_unit(value, indicator.unit, indicator.decimals)

        told = []
        if last["lower"] is not None:
            told.append(
                f"Without a change the next value is expected between {printed(last['lower'])} and "
                f"{printed(last['upper'])}, around {printed(last['centre'])}."
            )
        if self.target is not None and last["target"] is not None:
            told.append(f"{self.target.label[:1].upper()}{self.target.label[1:]}: {printed(self.target.value)}.")
        if self.found.are_limits_on_trial:
            told.append("The limits are on trial: they come from fewer than 12 points, and will move as more arrive.")
        return told

    @cached_property
    def figure(self) -> Figure | None:
        if self.found is None:
            return None
        return figures.control_plot(
            self.found.points,
            title=self.title,
            unit=self.page.indicator.unit,
            decimals=self.page.indicator.decimals,
            source=self.page.source,
            target_name=self.target.label if self.target else "",
        )

    @cached_property
    def table(self) -> list[dict[str, str]]:
        """The points, newest first, printed."""
        if self.found is None:
            return []
        decimals = self.page.indicator.decimals
        rows = []
        for row in self.found.points.reverse().iter_rows(named=True):
            nature = row["variation"].split(" ")[0]
            limits = (
                "–"
                if row["lower"] is None
                else f"{format_number(row['lower'], decimals)} to {format_number(row['upper'], decimals)}"
            )
            special = NATURES[nature][1] if nature in NATURES else ""
            rows.append(
                {
                    "period": row["period"],
                    "value": "no value" if row["value"] is None else format_number(row["value"], decimals),
                    "centre": format_number(row["centre"], decimals),
                    "limits": limits,
                    "phase": str(row["phase"]),
                    "words": f"{special}: {row['special_cause']}" if special else "common cause",
                }
            )
        return rows

    @cached_property
    def data(self) -> pl.DataFrame:
        """The points, for download; the page's figures where there is no chart."""
        if self.found is None:
            return self.page.data
        page = self.page
        return self.found.points.select(
            pl.lit(page.indicator.id).alias("indicator"),
            pl.lit(page.indicator.name).alias("indicator_name"),
            pl.lit(page.query.area).alias("area_code"),
            pl.lit(self.area).alias("area"),
            "period",
            "value",
            pl.lit(page.indicator.unit).alias("unit"),
            "phase",
            "centre",
            "lower",
            "upper",
            "target",
            "special_cause",
            "variation",
        )
