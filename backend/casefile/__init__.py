"""Read what a case holds, one noun per module. Callers have been through `backend.staff.access` before."""
