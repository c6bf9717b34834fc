"""Places: areas and what they lie in, collaboratives, boundaries, hexagons and nearest neighbours."""

from commonweal.places.area import Area
from commonweal.places.boundaries import Boundaries, read_boundaries
from commonweal.places.catalogue import Catalogue
from commonweal.places.collaborative import Collaborative
from commonweal.places.hexes import hex_polygons
from commonweal.places.neighbours import Neighbour, nearest_neighbours_of, read_neighbours
from commonweal.places.problems import PlacesError

__all__ = [
    "Area",
    "Boundaries",
    "Catalogue",
    "Collaborative",
    "Neighbour",
    "PlacesError",
    "hex_polygons",
    "nearest_neighbours_of",
    "read_boundaries",
    "read_neighbours",
]
