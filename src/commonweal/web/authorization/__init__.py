"""Authorization: permissions are names, roles are classes; what a person may do is computed from their memberships."""

from commonweal.web.authorization.access import areas_of, permissions_of, requires
from commonweal.web.authorization.permissions import Permission
from commonweal.web.authorization.roles import ROLES, Role

__all__ = ["ROLES", "Permission", "Role", "areas_of", "permissions_of", "requires"]
