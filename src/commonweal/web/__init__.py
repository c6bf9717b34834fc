"""The site: a Django project whose apps are the rooms of the improvement cycle."""
