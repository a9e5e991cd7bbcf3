"""What people type and press: one file per capability, thin, imported by nobody.

The app loads them by name. ``OWNER`` lets it refuse to start when another distribution's
``cogs`` package stands in front of this one.
"""

OWNER = "handrail"
