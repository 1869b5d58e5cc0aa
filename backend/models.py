"""Every table, imported in one place: migrations and `create_all` need them all to be known."""

from backend.api import models as api
from backend.audit import models as audit
from backend.booth import models as booth
from backend.campaigns import models as campaigns
from backend.cases import models as cases
from backend.consent import models as consent
from backend.contacts import models as contacts
from backend.db import metadata
from backend.files import models as files
from backend.followups import models as followups
from backend.jobs import models as jobs
from backend.journal import models as journal
from backend.lists import models as lists
from backend.matching import models as matching
from backend.meetings import models as meetings
from backend.people import models as people
from backend.programs import models as programs
from backend.referrals import models as referrals
from backend.replies import models as replies
from backend.staff import models as staff
from backend.tasks import models as tasks
from backend.teams import models as teams
from backend.tenants import models as tenants
from backend.visits import models as visits

__all__ = [
    "api", "audit", "booth", "campaigns", "cases", "consent", "contacts", "files", "followups", "jobs", "journal", "lists", "matching", "meetings",
    "metadata",
    "people", "programs", "referrals", "replies", "staff", "tasks", "teams", "tenants", "visits",
]
