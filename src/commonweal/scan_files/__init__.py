"""The files of cluster scans: data and parameters as the field's scan programs write them, reports and tables out."""
