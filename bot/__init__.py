"""Handrail: peer support on Discord for people in and after an Intensive Outpatient Program.

The rooms of this package and the directions of import between them are drawn in
docs/architecture.md and checked by import-linter. Importing it has no side effects.
"""
