"""Sending a file: checked, previewed, loaded; refused with words; begun again after a stop."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from commonweal.datasets.mapping import saved_mappings
from commonweal.web.datasets import services
from commonweal.web.datasets.models import Upload

TIDY = b"Indicator,Area code,Period,Value\nlocal.checks,E08000012,2023/24,41.5\nlocal.checks,E99999999,2023/24,40\n"
ODD = b"what,where,when,how much\nChecks,E08000012,2023/24,41.5\n"


@pytest.fixture
def send(client_as, own_workspace):
    client = client_as("Analyst")

    def sender(contents, name="table.csv"):
        response = client.post("/data/load/", {"file": SimpleUploadedFile(name, contents)}, follow=True)
        return client, response

    return sender


def test_a_file_is_checked_then_loaded(send, own_workspace):
    client, response = send(TIDY)
    page = response.content.decode()
    assert "1 observation to load, 1 row rejected" in page
    assert "this is not the code of a known area" in page
    assert own_workspace.store.version is None
    upload = Upload.objects.get()
    page = client.post(f"/data/load/{upload.folder}/", {"action": "load"}, follow=True).content.decode()
    assert "1 observation added, 0 updated" in page
    assert own_workspace.store.read()["value"].to_list() == [41.5]
    assert not upload.path.exists()
    rejected = b"".join(client.get(f"/data/load/{upload.folder}/rejected.csv").streaming_content)
    assert b"E99999999" in rejected
    assert "A Analyst" in client.get("/data/history/").content.decode()
    assert "local.checks" in client.get("/data/").content.decode()


def test_loading_twice_by_two_clicks_loads_once(send, own_workspace):
    client, _ = send(TIDY)
    upload = Upload.objects.get()
    for _ in range(2):
        client.post(f"/data/load/{upload.folder}/", {"action": "load"})
    assert len(own_workspace.store.history()) == 1


def test_columns_are_chosen_and_the_choice_is_kept(send, own_workspace):
    client, response = send(ODD)
    assert "no column was found for" in response.content.decode()
    upload = Upload.objects.get()
    choice = {"action": "columns", "column_indicator": "what", "column_area_code": "where", "column_period": "when",
              "column_value": "how much"}  # fmt: skip
    page = client.post(f"/data/load/{upload.folder}/", choice, follow=True).content.decode()
    assert "1 observation to load" in page
    assert len(saved_mappings(own_workspace.path / "mappings")) == 1
    _, response = send(ODD, "next-month.csv")
    assert "1 observation to load" in response.content.decode()


def test_a_choice_that_lacks_a_column_is_a_form_error(send):
    client, _ = send(ODD)
    upload = Upload.objects.get()
    response = client.post(f"/data/load/{upload.folder}/", {"action": "columns", "column_value": "how much"})
    assert response.status_code == 422
    assert "Choose the column of the period" in response.content.decode()


@pytest.mark.parametrize(
    ("contents", "name", "told"),
    [
        (b"", "table.csv", "The file is empty"),
        (b"abc", "table.pdf", "is not a CSV or Excel"),
    ],
)
def test_a_wrong_file_is_a_form_error(send, contents, name, told):
    _, response = send(contents, name)
    assert response.status_code == 422
    assert told in response.content.decode()
    assert not Upload.objects.exists()


def test_a_file_that_is_not_a_table_is_refused_and_can_be_discarded(send, own_workspace):
    client, response = send(b"<html>error</html>")
    assert "this is a web page" in response.content.decode()
    assert "Nothing has changed" in response.content.decode()
    upload = Upload.objects.get()
    folder = upload.path.parent
    client.post(f"/data/load/{upload.folder}/", {"action": "discard"})
    assert not folder.exists()
    assert not Upload.objects.exists()


def test_a_load_that_was_killed_is_begun_again(send, own_workspace):
    send(TIDY)
    Upload.objects.update(status=Upload.Status.LOADING)
    assert services.resume_interrupted() == 1
    assert Upload.objects.get().status == Upload.Status.LOADED
    assert own_workspace.store.read().height == 1


def test_progress_is_shown_until_done(send):
    client, _ = send(TIDY)
    upload = Upload.objects.get()
    upload.status, upload.step = Upload.Status.LOADING, "Storing"
    upload.save()
    response = client.get(f"/data/load/{upload.folder}/progress/")
    assert "Being loaded: Storing" in response.content.decode()
    assert "hx-get" in response.content.decode()
    Upload.objects.update(status=Upload.Status.LOADED)
    assert client.get(f"/data/load/{upload.folder}/progress/")["HX-Refresh"] == "true"


def test_a_name_cannot_lead_out_of_the_folder(send, own_workspace):
    send(TIDY, "../../evil.csv")
    assert Upload.objects.get().path.is_relative_to(own_workspace.path / "uploads")


def test_a_new_load_changes_the_pages(send, client, own_workspace):
    signed_in, _ = send(TIDY)
    assert "No figures are held" in client.get("/benchmarks/").content.decode()
    signed_in.post(f"/data/load/{Upload.objects.get().folder}/", {"action": "load"})
    assert "local.checks" in client.get("/benchmarks/").content.decode()
