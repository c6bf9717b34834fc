"""The client against a local server that replays the documented shapes, and misbehaves in every way a server can."""

import csv
import io
import json
import threading
import time
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlparse

import pytest

from commonweal.datasets.fingertips_api import Fingertips, FingertipsError

# The columns of the export, in order: ../shared/reference/indicators.md, section 3.
COLUMNS = [
    "Indicator ID", "Indicator Name", "Parent Code", "Parent Name", "Area Code", "Area Name", "Area Type", "Sex", "Age",
    "Category Type", "Category", "Time period", "Value", "Lower CI 95.0 limit", "Upper CI 95.0 limit",
    "Lower CI 99.8 limit", "Upper CI 99.8 limit", "Count", "Denominator", "Value note", "Recent Trend",
    "Compared to England value or percentiles", "Compared to Region value or percentiles", "Time period Sortable",
    "New data", "Compared to goal", "Time period range",
]  # fmt: skip
NAMES = {91112: "People receiving an NHS Health Check", 40401: "Under 75 mortality rate from cardiovascular disease"}
METADATA = ["Indicator ID", "Indicator full name", "Definition", "Unit", "Value type", "Polarity"]


def table(headings, rows):
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(headings)
    writer.writerows(rows)
    return text.getvalue().encode()


def figures(number, name=None, headings=COLUMNS):
    row = [number, name or NAMES[number], "", "", "E08000012", "Liverpool", "UA", "Persons", "40-74 yrs", "", "",
           "2019/20", "41.5", "41.0", "42.0", "", "", "415", "1000", "", "", "Worse", "", "20190000", "", "",
           "1y"]  # fmt: skip
    return table(headings, [row, row])


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Replay)
        self.behaviour = {}
        self.asked = Counter()
        self.queries = []


class Replay(BaseHTTPRequestHandler):
    def do_GET(self):
        url = urlparse(self.path)
        path, query = url.path.removeprefix("/api/"), parse_qs(url.query)
        self.server.asked[path] += 1
        self.server.queries.append((path, query))
        behave = self.server.behaviour.get(path)
        answer = behave(self.server.asked[path], query) if behave else None
        status, body, declared = answer if answer else (200, self.usual(path, query), None)
        self.send_response(status)
        self.send_header("Content-Length", str(declared or len(body)))
        self.end_headers()
        self.wfile.write(body)

    def usual(self, path, query):
        if path.startswith("indicator_metadata/csv"):
            numbers = [int(n) for n in query.get("indicator_ids", ["91112,40401"])[0].split(",")]
            rows = [[n, NAMES[n], "Definition", "%", "Proportion", "RAG - High is good"] for n in numbers if n in NAMES]
            return table(METADATA, rows)
        if path == "available_data":
            number = int(query["indicator_id"][0])
            return json.dumps([{"IndicatorId": number, "AreaTypeId": n} for n in (15, 202, 502, 7)]).encode()
        if path == "area_types":
            names = {
                15: "England",
                202: "Counties and UAs (2019/20)",
                502: "Upper tier local authorities (post 4/23)",
                7: "GPs",
            }
            return json.dumps([{"Id": n, "Name": name} for n, name in names.items()]).encode()
        return figures(int(query["indicator_ids"][0]))

    def log_message(self, *args):
        pass


@pytest.fixture
def server():
    running = Server()
    thread = threading.Thread(target=running.serve_forever, daemon=True)
    thread.start()
    yield running
    running.shutdown()
    running.server_close()


@pytest.fixture
def client(server, tmp_path):
    return Fingertips(tmp_path / "cache", f"http://127.0.0.1:{server.server_port}/api", back_off=0.01)


DATA = "all_data/csv/by_indicator_id"


def test_indicators_come_as_one_export(client, server, tmp_path):
    path = client.download(indicators=[91112, 40401], to=tmp_path)
    rows = list(csv.DictReader(path.open(encoding="utf-8")))
    assert {row["Indicator ID"] for row in rows} == {"91112", "40401"}
    assert list(rows[0]) == COLUMNS


def test_the_newest_upper_tier_type_that_the_indicator_has_is_asked_for(client, server, tmp_path):
    client.download(indicators=[91112], to=tmp_path)
    queries = [query for path, query in server.queries if path == DATA]
    assert queries == [{"indicator_ids": ["91112"], "child_area_type_id": ["502"], "parent_area_type_id": ["15"]}]


def test_a_profile(client, tmp_path):
    path = client.download(profile=55, to=tmp_path)
    assert path.name == "fingertips-profile-55.csv"
    assert len(list(csv.reader(path.open()))) == 5


def test_the_download_loads(client, tmp_path):
    from commonweal.datasets.reading import read_observations
    from commonweal.places import Catalogue

    reading = read_observations(client.download(indicators=[91112], to=tmp_path), catalogue=Catalogue.england())
    assert reading.observations["value"].to_list() == [41.5]
    assert reading.collapsed == 1


def test_metadata(client):
    found = client.metadata(indicators=[91112])
    assert [(i.id, i.polarity, i.unit, i.per) for i in found] == [("91112", "high is good", "%", 100.0)]


def test_answers_are_kept(client, server, tmp_path):
    for _ in range(3):
        client.download(indicators=[91112], to=tmp_path)
    assert server.asked[DATA] == 1


def test_a_slow_server_is_waited_for(client, server, tmp_path):
    server.behaviour[DATA] = lambda time_asked, query: time.sleep(0.4)
    assert client.download(indicators=[91112], to=tmp_path).exists()


def test_an_error_that_passes_is_tried_again(client, server, tmp_path):
    server.behaviour[DATA] = lambda asked, query: (500, b"oops", None) if asked < 3 else None
    assert client.download(indicators=[91112], to=tmp_path).exists()
    assert server.asked[DATA] == 3


def test_an_error_that_stays_is_told(client, server, tmp_path):
    server.behaviour[DATA] = lambda asked, query: (500, b"oops", None)
    with pytest.raises(FingertipsError, match="answered with an error 5 times"):
        client.download(indicators=[91112], to=tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_an_error_is_not_kept(client, server, tmp_path):
    server.behaviour[DATA] = lambda asked, query: (404, b"gone", None) if asked == 1 else None
    with pytest.raises(FingertipsError, match="answered 404"):
        client.download(indicators=[91112], to=tmp_path)
    assert client.download(indicators=[91112], to=tmp_path).exists()


def test_an_answer_cut_short_by_the_line(client, server, tmp_path):
    body = figures(91112)
    server.behaviour[DATA] = lambda asked, query: (200, body[:-40], len(body))
    with pytest.raises(FingertipsError, match="cut short"):
        client.download(indicators=[91112], to=tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_an_answer_cut_short_by_the_server(client, server, tmp_path):
    server.behaviour[DATA] = lambda asked, query: (200, figures(91112)[:-40], None)
    with pytest.raises(FingertipsError, match="cut short"):
        client.download(indicators=[91112], to=tmp_path)


def test_renamed_columns_are_named(client, server, tmp_path):
    renamed = ["Val" if name == "Value" else name for name in COLUMNS]
    server.behaviour[DATA] = lambda asked, query: (200, figures(91112, headings=renamed), None)
    with pytest.raises(FingertipsError, match="columns of Fingertips have changed: Value is missing"):
        client.download(indicators=[91112], to=tmp_path)


def test_another_name_is_refused(client, server, tmp_path):
    server.behaviour[DATA] = lambda asked, query: (200, figures(91112, "Something else"), None)
    with pytest.raises(
        FingertipsError, match="should be 'People receiving an NHS Health Check' but the answer calls it"
    ):
        client.download(indicators=[91112], to=tmp_path)


def test_the_callers_own_expectation_is_checked(client, tmp_path):
    with pytest.raises(FingertipsError, match="should be 'Suicide rate'"):
        client.download(indicators=[91112], expected={91112: "Suicide rate"}, to=tmp_path)


def test_an_unknown_indicator(client, tmp_path):
    with pytest.raises(FingertipsError, match="Fingertips has no indicator 7"):
        client.download(indicators=[7], to=tmp_path)


def test_no_rows_is_told(client, server, tmp_path):
    server.behaviour[DATA] = lambda asked, query: (200, table(COLUMNS, []), None)
    with pytest.raises(FingertipsError, match="gave no rows for indicator_ids 91112"):
        client.download(indicators=[91112], to=tmp_path)


def test_no_upper_tier_figures(client, server, tmp_path):
    server.behaviour["available_data"] = lambda asked, query: (200, b'[{"IndicatorId": 91112, "AreaTypeId": 7}]', None)
    with pytest.raises(FingertipsError, match="no figures for upper-tier authorities, only for GPs"):
        client.download(indicators=[91112], to=tmp_path)


def test_a_list_that_is_not_one(client, server, tmp_path):
    server.behaviour["area_types"] = lambda asked, query: (200, b"<html>", None)
    with pytest.raises(FingertipsError, match="did not answer with the list"):
        client.download(indicators=[91112], to=tmp_path)


def test_nobody_answers(tmp_path):
    client = Fingertips(tmp_path, "http://127.0.0.1:9/api", back_off=0.01)
    with pytest.raises(FingertipsError, match="did not answer"):
        client.metadata(indicators=[91112])


def test_nothing_asked_for(client, tmp_path):
    with pytest.raises(FingertipsError, match="Say which indicators"):
        client.download(to=tmp_path)


def test_the_certificate_is_checked(tmp_path):
    assert Fingertips(tmp_path)._session.verify is True
    assert Fingertips(tmp_path).base.startswith("https://")
