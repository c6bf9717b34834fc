"""The New York fever data that come with SaTScan: 192 postcodes, 194 cases, 1 to 24 November 2001."""

import datetime as dt

import numpy as np
from shared_data import shared

INTERVALS = 24
EARTH_RADIUS_KM = 6367


def new_york(within_km=None):
    """Places of the cases, their days, the order of neighbours and how far it goes."""
    listed = [line.split() for line in shared("scan/NYCfever.geo").read_text().splitlines()]
    number = {line[0]: i for i, line in enumerate(listed)}
    coordinates = np.array([[float(x) for x in line[1:3]] for line in listed])
    rows = [line.split() for line in shared("scan/NYCfever.cas").read_text().splitlines()]
    place = np.array([number[row[0]] for row in rows for _ in range(int(row[1]))])
    days = [(dt.date(*map(int, row[2].split("/"))) - dt.date(2001, 11, 1)).days for row in rows]
    interval = np.repeat(days, [int(row[1]) for row in rows])
    latitude, longitude = np.radians(coordinates).T
    points = EARTH_RADIUS_KM * np.column_stack(
        [np.cos(latitude) * np.cos(longitude), np.cos(latitude) * np.sin(longitude), np.sin(latitude)]
    )
    away = np.sqrt(((points[:, None] - points[None]) ** 2).sum(axis=2))
    before = np.lexsort((coordinates[:, 1], coordinates[:, 0]))
    order = before[np.argsort(away[:, before], axis=1, kind="stable")].astype(np.int32)
    length = np.full(len(order), len(order))
    if within_km is not None:
        length = (away <= within_km).sum(axis=1)
    return place, interval, order, length
