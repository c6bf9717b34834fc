"""The clusters of a scan as a CSV file that a spreadsheet opens safely."""

from __future__ import annotations

import csv
import io
import re

from commonweal.clusters import ScanResult
from commonweal.scan_files.result_json import cluster_dict

FORMULA = re.compile(r"[=+\-@\t\r]")
"""Text that begins so would be run as a formula by a spreadsheet (OWASP, CSV injection)."""


def cluster_csv(result: ScanResult) -> bytes:
    """A row a cluster; places apart by semicolons; UTF-8 with the mark that Excel needs."""
    rows = [{"cluster": number, **cluster_dict(cluster)} for number, cluster in enumerate(result.clusters, 1)]
    for row in rows:
        places = "; ".join(row.pop("location_ids"))
        row["places"] = f"'{places}" if FORMULA.match(places) else places
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, fieldnames=list(rows[0]) if rows else ["cluster"])
    writer.writeheader()
    writer.writerows(rows)
    return b"\xef\xbb\xbf" + text.getvalue().encode("utf-8")
