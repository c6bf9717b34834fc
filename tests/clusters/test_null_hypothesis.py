"""Under the null hypothesis p-values are uniform: the share at or below a level is at most that level, within error."""

import numpy as np
import polars as pl
import pytest

from commonweal.clusters import scan

STUDIES, LEVEL = 80, 0.2
PLACES = 12


def places(random):
    return pl.DataFrame(
        {"place": [f"p{number:02}" for number in range(PLACES)], "x": random.random(PLACES), "y": random.random(PLACES)}
    )


def random_study(model, random):
    where = places(random)
    names = where["place"].to_numpy()
    people = random.integers(50, 150, PLACES)
    found = {"places": where}
    chance = people / people.sum()
    place = names[random.choice(PLACES, 60, p=chance)]
    found["cases"] = pl.DataFrame({"place": place, "date": random.integers(1, 11, 60)})
    if model == "poisson":
        found["population"] = pl.DataFrame({"place": names, "population": people})
    if model == "bernoulli":
        found["controls"] = pl.DataFrame(
            {"place": names[random.choice(PLACES, 90, p=chance)], "date": random.integers(1, 11, 90)}
        )
    return found


@pytest.mark.parametrize(
    ("model", "analysis"),
    [
        ("poisson", "spatial"),
        ("poisson", "space-time"),
        ("bernoulli", "spatial"),
        ("bernoulli", "space-time"),
        ("space-time permutation", "space-time"),
        ("space-time permutation", "prospective space-time"),
    ],
)
def test_p_values_are_uniform(model, analysis):
    random = np.random.default_rng(20261124)
    p_values = []
    for number in range(STUDIES):
        result = scan(
            **random_study(model, random),
            model=model,
            analysis=analysis,
            study_period=(1, 10),
            interval_unit="generic",
            coordinates="cartesian",
            replicates=99,
            p_value="standard",
            seed=1000 * number,
            threads=1,
        )
        p_values.append(result.clusters[0].p_value if result.clusters else 1.0)
    share = np.mean(np.array(p_values) <= LEVEL)
    error = np.sqrt(LEVEL * (1 - LEVEL) / STUDIES)
    assert share < LEVEL + 3.5 * error
    if model == "poisson":
        assert share > LEVEL - 3.5 * error
